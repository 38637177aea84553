import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultPlan } from '../../nemeses/nemesis.ts';
import type { Scenario } from './scenario.ts';
import { onFewerNodes, pinnedSchedule, roundedTime, withinTime, withoutSteps } from './smaller-scenario.ts';
import { smallPlan } from './testing/small-plan.ts';

const cut: FaultPlan = {
  kind: 'planned',
  variant: 'half/drop',
  targets: ['n1', 'c3'],
  links: [
    ['n1', 'n2'],
    ['n1', 'n3'],
    ['c3', 'n1'],
  ],
  nodes: [],
};
const killed: FaultPlan = { kind: 'planned', variant: 'one', targets: ['n3'], links: [], nodes: ['n3'] };
const scenario: Scenario = {
  plan: smallPlan({ timeLimitS: 10 }),
  schedule: [
    {
      id: 'partition-1',
      nemesis: 'partition',
      variant: 'half/drop',
      atMs: 1260,
      durationMs: 900,
      pinned: cut,
    },
    { id: 'kill-1', nemesis: 'kill', variant: 'one', atMs: 6000, durationMs: 900, pinned: killed },
    { id: 'kill-2', nemesis: 'kill', variant: 'master', atMs: 7000, durationMs: 900 },
  ],
  script: [
    { atMs: 100, process: 0, f: 'send', queueId: 0 },
    { atMs: 6100, process: 0, f: 'send', queueId: 0 },
  ],
};

describe('a smaller scenario', () => {
  it('does what each fault did, without those that did nothing', () => {
    const [first, second] = scenario.schedule;
    assert.ok(first !== undefined && second !== undefined);
    const { pinned: _, ...drawn } = first;
    const before = { ...scenario, schedule: [drawn, second] };
    const { schedule } = pinnedSchedule(before, [{ fault: drawn, plan: cut }]);
    assert.deepEqual(schedule, [first]);
  });

  it('of a shorter time has neither faults nor operations after it', () => {
    const shorter = withinTime(scenario, 6);
    assert.deepEqual(
      shorter.schedule.map(({ id }) => id),
      ['partition-1'],
    );
    assert.deepEqual(
      shorter.script?.map(({ atMs }) => atMs),
      [100],
    );
    assert.equal(shorter.plan.timeLimitS, 6);
  });

  it('on fewer nodes breaks none that is gone, and leaves out faults of those alone', () => {
    const { plan, schedule } = onFewerNodes(scenario, { nodes: 2, controllers: 1 });
    assert.deepEqual([plan.nodes, plan.controllers, plan.minInSyncReplicas], [2, 1, 2]);
    assert.deepEqual(
      schedule.map(({ id }) => id),
      ['partition-1', 'kill-2'],
    );
    assert.deepEqual(schedule[0]?.pinned, { ...cut, targets: ['n1'], links: [['n1', 'n2']] });
  });

  it('keeps a spare host of which nothing else is missing', () => {
    const add = (node: string): FaultPlan => ({
      ...{ kind: 'planned', variant: 'add', targets: [node], links: [], nodes: [node] },
    });
    const schedule = ['n4', 'c4'].map((node) => ({
      ...{ id: node, nemesis: 'membership', variant: 'add', atMs: 1000, durationMs: 1000 },
      pinned: add(node),
    }));
    const smaller = onFewerNodes({ ...scenario, schedule }, { controllers: 1 });
    assert.deepEqual(
      smaller.schedule.map(({ id }) => id),
      ['n4'],
    );
  });

  it('of round times begins its faults at them, and never at the very beginning', () => {
    const at = (ms: number) => roundedTime(scenario, ms).schedule.map(({ atMs }) => atMs);
    assert.deepEqual(at(1000), [1000, 6000, 7000]);
    assert.deepEqual(at(100), [1300, 6000, 7000]);
    assert.deepEqual(at(5000), [5000, 5000, 5000]);
  });

  it('leaves steps out without moving the others in time, and heals only what was cut', () => {
    const cut = { verb: 'cut', cut: 1, links: [['n1', 'n2']], flavour: 'drop', afterMs: 10 } as const;
    const kill = { verb: 'kill', node: 'n1', afterMs: 20 } as const;
    const heal = { verb: 'heal', cut: 1, afterMs: 30 } as const;
    const start = { verb: 'start', node: 'n1', afterMs: 40 } as const;
    assert.deepEqual(withoutSteps([cut, kill, heal, start], [kill]), [cut, { ...heal, afterMs: 50 }, start]);
    assert.deepEqual(withoutSteps([cut, kill, heal, start], [cut]), [
      { ...kill, afterMs: 30 },
      { ...start, afterMs: 70 },
    ]);
  });
});
