import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultLink } from '../../checkers/history/fault.ts';
import type { ActiveFault, BreakableCluster, Nemesis } from '../../nemeses/nemesis.ts';
import { runInSimulation } from './run-in-simulation.ts';
import { smallPlan } from './testing/small-plan.ts';

/** Acts at once, and its heal does what the test says. */
function nemesisThat(inject: (cluster: BreakableCluster) => Promise<Pick<ActiveFault, 'heal'>>): Nemesis {
  const proven = () => Promise.resolve({ proven: true, proof: {} });
  return {
    name: 'stubborn',
    colours: ['#ffffff', '#000000'],
    purpose: 'what stays broken after the heal',
    variants: ['only'],
    plan: (variant) => ({ kind: 'planned', variant, targets: ['w2'], links: [], nodes: [] }),
    fallback: () => undefined,
    inject: async (cluster) => ({ ...(await inject(cluster)), probeBit: proven, probeHealed: proven }),
  };
}

async function recoveryUnder(nemesis: Nemesis) {
  const plan = smallPlan({ nemeses: [nemesis.name], timeLimitS: 2, recoveryTimeS: 8 });
  const fault = { id: 'stubborn-1', nemesis: nemesis.name, variant: 'only', atMs: 500, durationMs: 500 };
  const nemeses = new Map([[nemesis.name, nemesis]]);
  const { judgement } = await runInSimulation(plan, { nemeses, schedule: [fault] });
  const found = judgement.results.find(({ checker }) => checker === 'recovery');
  return { record: judgement.record, found, detail: found?.anomalies[0]?.detail ?? '' };
}

describe('what does not come back after the last heal', () => {
  it('is a client that gets no answers, while the group is whole: stuck, and who waits for whom', async () => {
    const links: readonly FaultLink[] = ['n1', 'n2', 'n3', 'c1'].flatMap((node) => [
      ['w2', node],
      [node, 'w2'],
    ]);
    const { found, detail, record } = await recoveryUnder(
      nemesisThat(async (cluster) => {
        await cluster.cut(links, 'drop');
        return { heal: () => Promise.resolve() };
      }),
    );
    assert.deepEqual(found?.anomalyCounts, { stuck: 1 });
    assert.equal(record.notRecovered?.wanted, 'progress');
    assert.deepEqual(
      record.notRecovered?.clients?.map(({ client, lacks }) => [client, lacks]),
      [['w2', ['send', 'pull']]],
    );
    assert.match(detail, /waits: w2 \(no send acknowledged, no pull answered; the last answer/);
    assert.match(detail, /cut w2 -> n1 \(drop\)/);
  });

  it('is a replica that stays away: not in sync, with its last words', async () => {
    const { found, detail } = await recoveryUnder(
      nemesisThat(async (cluster) => {
        await cluster.pause('n3');
        return { heal: () => Promise.resolve() };
      }),
    );
    const names = Object.keys(found?.anomalyCounts ?? {});
    assert.deepEqual(names, ['replica-not-in-sync']);
    assert.match(detail, /not in the SyncStateSet: n3/);
    assert.match(detail, /n3 is stopped, \d+ events wait in it/);
    assert.match(detail, /last words of n3:\n {2}-?\d+\.\d+ s /);
  });

  it('is a run that never ends: stuck, and judged by what there is', async () => {
    const { detail, found, record } = await recoveryUnder(
      nemesisThat(() => Promise.resolve({ heal: () => new Promise(() => undefined) })),
    );
    assert.deepEqual(found?.anomalyCounts, { stuck: 1 });
    assert.match(detail, /^it hangs in the phase "healing": \d+(\.\d+)? s of virtual time went by/);
    assert.equal(record.notRecovered?.wanted, 'end');
  }).timeout(60_000);
});
