/** Each guard of this folder that `--bug` removes: what it prevents, and that it happens without it. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SeededBug } from '../runtime/seeded-bug.ts';
import { compareCandidates } from './elect-policy.ts';
import { formed } from './testing/controller-scene.ts';
import { alive } from './testing/replicas-script.ts';

describe('a seeded bug of the controllers', () => {
  it('S15 compare-offsets-modulo: a log that is much longer looks shorter', () => {
    const [short, long] = [alive(1, { maxOffset: 1000 }), alive(2, { maxOffset: 1600 })];
    assert(compareCandidates(long, short) < 0);
    assert(compareCandidates(long, short, 1024) > 0);
    assert(compareCandidates(alive(2, { maxOffset: 1300 }), short, 1024) < 0);
  });

  it('S15: and is not elected', async () => {
    const winner = async (bugs: readonly SeededBug[]) => {
      const { group, leader, brokers } = await formed(10, bugs);
      brokers[1].state.maxOffset = 1000;
      brokers[2].state.maxOffset = 1600;
      await group.world.runFor(400);
      group.world.host('n1').kill();
      await group.runUntilEpoch(2, leader, 3000);
      const elected = group.world.trace.filter(({ event }) => event === 'elected').at(-1);
      return [group.roles(leader)[0], elected?.fields['candidates']];
    };
    const candidates = [
      { brokerId: 2, epoch: 0, maxOffset: 1000 },
      { brokerId: 3, epoch: 0, maxOffset: 1600 },
    ];
    assert.deepEqual(await winner([]), [3, candidates]);
    assert.deepEqual(await winner(['compare-offsets-modulo']), [2, candidates]);
  });

  it('S16 liveness-by-close-only: a master that stands still is never replaced, one that is killed is', async () => {
    const epochAfter = async (bugs: readonly SeededBug[], end: 'kill' | 'pause') => {
      const { group, leader } = await formed(11, bugs);
      group.world.host('n1')[end]();
      await group.world.runFor(8000);
      return group.masterEpoch(leader);
    };
    assert.equal(await epochAfter([], 'pause'), 2);
    assert.equal(await epochAfter(['liveness-by-close-only'], 'pause'), 1);
    assert.equal(await epochAfter(['liveness-by-close-only'], 'kill'), 2);
  });

  it('S21 wall-clock-expiry: a clock that jumps ahead makes every broker silent, though all speak', async () => {
    const epochAfter = async (bugs: readonly SeededBug[]) => {
      const { group, leader } = await formed(13, bugs);
      // Who speaks first after a jump is elected: with luck it is the master again.
      for (let jump = 1; jump <= 5; jump += 1) {
        group.world.host(leader).clock.setWallOffset(jump * 10_000);
        await group.world.runFor(1057);
      }
      return group.masterEpoch(leader);
    };
    assert.equal(await epochAfter([]), 1);
    assert.notEqual(await epochAfter(['wall-clock-expiry']), 1);
  });

  it('S17 elect-once: a master that dies together with the leading controller is never replaced', async () => {
    const epochAfter = async (bugs: readonly SeededBug[], withLeader: boolean) => {
      const { group, leader } = await formed(12, bugs);
      if (withLeader) group.kill(leader);
      group.world.host('n1').kill();
      const successor = await group.leader();
      await group.world.runFor(10_000);
      return group.masterEpoch(successor);
    };
    assert.equal(await epochAfter([], true), 2);
    assert.equal(await epochAfter(['elect-once'], true), 1);
    assert.equal(await epochAfter(['elect-once'], false), 2);
  });
});
