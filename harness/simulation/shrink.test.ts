import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultLink } from '../../checkers/history/fault.ts';
import type { FaultPlan } from '../../nemeses/nemesis.ts';
import type { ScheduledFault } from '../../nemeses/schedule.ts';
import type { ScriptedOperation } from '../workload/scripted-operation.ts';
import { anomaliesOf } from './failure.ts';
import { runScenario } from './run-in-simulation.ts';
import type { Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';
import { pinnedSchedule } from './smaller-scenario.ts';
import { smallPlan } from './testing/small-plan.ts';

const both = (one: string, other: string): FaultLink[] => [
  [one, other],
  [other, one],
];

/** The master acknowledges what only it has, and is cut off until another one is elected. */
const bugged: Scenario = {
  plan: smallPlan({ bug: 'ack-before-replication', timeLimitS: 6, controllers: 1 }),
  schedule: [
    {
      id: 'partition-1',
      nemesis: 'partition',
      variant: 'half/drop',
      atMs: 1000,
      durationMs: 3000,
      pinned: {
        kind: 'planned',
        variant: 'half/drop',
        targets: ['n3'],
        links: [...both('n3', 'n1'), ...both('n3', 'n2'), ...both('n3', 'c1')],
        nodes: [],
      },
    },
    {
      id: 'pause-1',
      nemesis: 'pause',
      variant: 'one',
      atMs: 5200,
      durationMs: 300,
      pinned: { kind: 'planned', variant: 'one', targets: ['c1'], links: [], nodes: ['c1'] },
    },
  ],
  script: [200, 400, 1100, 1300, 1500, 4500].map((atMs, at) => ({
    atMs,
    process: at % 4,
    f: 'send',
    queueId: 0,
  })),
};

describe('shrinking', () => {
  it('begins with the same run, its faults pinned and its operations written down', async function () {
    this.timeout(30_000);
    const drawn: Scenario = {
      plan: smallPlan({ timeLimitS: 4 }),
      schedule: [{ id: 'kill-1', nemesis: 'kill', variant: 'master', atMs: 500, durationMs: 1500 }],
    };
    const faults: { fault: ScheduledFault; plan: FaultPlan }[] = [];
    const script: ScriptedOperation[] = [];
    const witness = {
      faultPlanned: (fault: ScheduledFault, plan: FaultPlan) => void faults.push({ fault, plan }),
      operationPlanned: (operation: ScriptedOperation) => void script.push(operation),
    };
    const { digest } = await runScenario(drawn, { witness });
    const pinned = pinnedSchedule(drawn, faults);
    assert.deepEqual(pinned.schedule[0]?.pinned?.nodes, ['n3']);
    assert.ok(script.length > 40);
    assert.equal((await runScenario({ ...pinned, script })).digest, digest);
  });

  it('ends with fewer faults and operations that show the same anomaly', async function () {
    this.timeout(30_000);
    const failure = 'lost-ack-write';
    const lines: string[] = [];
    let trials = 0;
    const isOver = () => {
      trials += 1;
      return trials > 25;
    };
    const small = await shrink(bugged, { failure, isOver, progress: (line) => lines.push(line) });
    assert.equal(small.scenario.schedule.length, 1);
    assert.ok((small.scenario.script?.length ?? 6) <= 3, lines.join('\n'));
    assert.ok(small.scenario.plan.timeLimitS < bugged.plan.timeLimitS);
    const again = await runScenario(small.scenario);
    assert.ok(anomaliesOf(again.judgement.results).includes(failure));
    assert.equal(again.digest, small.run.digest);
    assert.ok(lines.length > 0);
  });

  it('refuses what does not fail that way', async () => {
    const healthy = { ...bugged, plan: { ...bugged.plan, bug: undefined } };
    const asked = shrink(healthy, {
      failure: 'lost-ack-write',
      isOver: () => false,
      progress: () => undefined,
    });
    await assert.rejects(asked, /does not show lost-ack-write, but nothing/);
  });
});
