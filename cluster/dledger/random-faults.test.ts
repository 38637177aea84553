import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type GroupMember, SimulatedGroup } from './testing/simulated-group.ts';

/** A campaign asks for more: DLEDGER_SEEDS=1000 DLEDGER_FIRST_SEED=1. */
const seeds = Number(process.env['DLEDGER_SEEDS'] ?? 12);
const firstSeed = Number(process.env['DLEDGER_FIRST_SEED'] ?? 1);

/** Asks every member that may think it leads, as clients with old routes do. */
function ask(group: SimulatedGroup, counts: { proposals: number; reads: number }): void {
  for (const member of group.members()) {
    if (!member.server.isLeader()) continue;
    counts.proposals += 1;
    group.proposeAside(member, `p${counts.proposals}`);
    read(group, member, counts);
  }
}

/** What was acknowledged before the question must be applied at the answer. */
function read(group: SimulatedGroup, member: GroupMember, counts: { reads: number }): void {
  const before = group.acknowledged.length;
  void member.server.readBarrier(1000).then(
    () => {
      counts.reads += 1;
      const missing = group.acknowledged.slice(0, before).filter((body) => !member.applied.includes(body));
      assert.deepEqual(
        missing,
        [],
        `${member.id} may answer a read without having applied what was acknowledged before`,
      );
    },
    () => undefined,
  );
}

async function inflict(group: SimulatedGroup): Promise<void> {
  const { world, ids } = group;
  const luck = world.random;
  const any = ids[luck.below(ids.length)] ?? 'c1';
  const id = luck.below(2) === 0 ? any : (group.leader()?.id ?? any);
  const host = world.host(id);
  const others = ids.filter((other) => other !== id);
  switch (luck.below(7)) {
    case 0:
    case 1:
      if (host.running) group.kill(id, { powerCut: luck.below(2) === 0 });
      else await group.start(id);
      break;
    case 2:
      if (host.running) host.pause();
      break;
    case 3:
      world.partition([id], others, (['drop', 'hold', 'reset'] as const)[luck.below(3)] ?? 'drop');
      break;
    case 4:
      world.cut(id, others[luck.below(others.length)] ?? id, luck.below(2) === 0 ? 'drop' : 'hold');
      break;
    case 5:
      for (const each of ids) world.host(each).resume();
      world.heal();
      break;
    default:
      for (const each of ids) if (!world.host(each).running) await group.start(each);
  }
}

async function run(seed: number): Promise<{ acknowledged: number; reads: number; digest: string }> {
  const group = new SimulatedGroup(seed, seed % 4 === 0 ? 5 : 3);
  const counts = { proposals: 0, reads: 0 };
  await group.startAll();
  for (let step = 0; step < 60; step += 1) {
    ask(group, counts);
    await group.world.runFor(20 + group.world.random.below(300));
    if (step % 4 === 3) await inflict(group);
  }
  for (const id of group.ids) group.world.host(id).resume();
  group.world.heal();
  for (const id of group.ids) if (!group.world.host(id).running) await group.start(id);
  await group.agree();
  return { acknowledged: group.acknowledged.length, reads: counts.reads, digest: group.world.digest() };
}

describe('a DLedger group under random faults', () => {
  it(`loses nothing acknowledged and answers no stale read (${seeds} seeds)`, async function () {
    this.timeout(20_000 + 2000 * seeds);
    const totals = { acknowledged: 0, reads: 0 };
    for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
      try {
        const { acknowledged, reads } = await run(seed);
        totals.acknowledged += acknowledged;
        totals.reads += reads;
      } catch (error) {
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
      }
    }
    assert(totals.acknowledged > 10 * seeds && totals.reads > 10 * seeds, JSON.stringify(totals));
  });

  it('does the same again for the same seed', async () => {
    assert.deepEqual(await run(3), await run(3));
  });
});
