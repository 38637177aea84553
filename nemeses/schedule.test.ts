import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimRandom } from '../harness/deployment/sim/sim-random.ts';
import type { Nemesis } from './nemesis.ts';
import { nemeses } from './nemesis-registry.ts';
import {
  nemesisIntervalMsDefault,
  planSchedule,
  recoveryMsMinDefault,
  type ScheduleOptions,
  variantCycle,
} from './schedule.ts';

function named(...names: string[]): readonly Nemesis[] {
  return names.flatMap((name) => nemeses.get(name) ?? []);
}

function schedule(seed: number, options: Partial<ScheduleOptions> = {}) {
  return planSchedule({
    random: SimRandom.fromSeed(seed),
    nemeses: named('partition'),
    quietStartMs: 5000,
    timeLimitMs: 60_000,
    intervalMs: nemesisIntervalMsDefault,
    ...options,
  });
}

const seeds = Array.from({ length: 100 }, (_, seed) => seed);

describe('a ramp', () => {
  it('brings faults seldom at first and ever more often, down to the interval', () => {
    const random = SimRandom.fromSeed(4);
    const times = { quietStartMs: 1000, timeLimitMs: 181_000, intervalMs: 10_000 };
    const faults = planSchedule({ random, nemeses: named('kill'), ...times, ramp: 4 });
    const even = planSchedule({ random: SimRandom.fromSeed(4), nemeses: named('kill'), ...times });
    assert.equal(even.length, 18);
    assert.ok(faults.length >= 5 && faults.length < 12, `${faults.length} faults`);
    const half = faults.filter(({ atMs }) => atMs < 91_000).length;
    assert.ok(half * 2 < faults.length, `${half} of ${faults.length} in the first half`);
    assert.deepEqual(
      planSchedule({ random: SimRandom.fromSeed(4), nemeses: named('kill'), ...times, ramp: 1 }),
      even,
    );
  });
});

describe('a schedule of faults', () => {
  it('has four partitions of at least five seconds in a run of a minute', () => {
    for (const seed of seeds) {
      const faults = schedule(seed);
      assert.ok(faults.length >= 4);
      assert.ok(faults.every(({ durationMs }) => durationMs >= 5000));
    }
  });

  it('keeps the quiet start, the end, and a rest after each fault', () => {
    for (const seed of seeds) {
      const faults = schedule(seed);
      let freeFromMs = 5000;
      for (const { atMs, durationMs } of faults) {
        assert.ok(atMs >= freeFromMs, `seed ${seed}`);
        freeFromMs = atMs + durationMs + recoveryMsMinDefault;
      }
      assert.ok(freeFromMs <= 60_000);
    }
  });

  it('takes another shape of partition each time, until all were there', () => {
    for (const seed of seeds) {
      const shapes = schedule(seed, { timeLimitMs: 5000 + 8 * nemesisIntervalMsDefault }).map(
        ({ variant }) => variant.split('/')[0],
      );
      assert.equal(new Set(shapes).size, 8);
    }
  });

  it('is a function of the seed', () => {
    assert.deepEqual(schedule(4), schedule(4));
    assert.notDeepEqual(schedule(4), schedule(5));
  });

  it('does not move a fault when another nemesis joins', () => {
    const together = schedule(4, { nemeses: named('kill', 'partition', 'pause') });
    assert.deepEqual(
      together.filter(({ nemesis }) => nemesis === 'partition'),
      schedule(4),
    );
    assert.ok(together.every((fault, index) => fault.atMs >= (together[index - 1]?.atMs ?? 0)));
  });

  it('has one fault in a short run, and none where none has room', () => {
    assert.equal(schedule(1, { quietStartMs: 1000, timeLimitMs: 10_000 }).length, 1);
    assert.deepEqual(schedule(1, { quietStartMs: 5000, timeLimitMs: 10_000 }), []);
    assert.deepEqual(schedule(1, { nemeses: named('none') }), []);
  });

  it('of all-random has one to three different nemeses at each interval, of all that there are', () => {
    const pool = named('kill', 'pause', 'partition', 'clock', 'disk', 'slow', 'restart-order');
    const mixed = (seed: number) => schedule(seed, { nemeses: named('all-random'), pool });
    const counts = new Set<number>();
    const seen = new Set<string>();
    for (const seed of seeds) {
      const faults = mixed(seed);
      for (
        let startMs = 5000;
        startMs + nemesisIntervalMsDefault <= 60_000;
        startMs += nemesisIntervalMsDefault
      ) {
        const inWindow = faults.filter(
          ({ atMs }) => atMs >= startMs && atMs < startMs + nemesisIntervalMsDefault,
        );
        const names = new Set(inWindow.map(({ nemesis }) => nemesis));
        assert.equal(names.size, inWindow.length, `seed ${seed}`);
        // Nobody is left for these to hit.
        if (names.has('restart-order')) assert.ok(!['kill', 'pause', 'disk'].some((name) => names.has(name)));
        counts.add(names.size);
        for (const { nemesis, variant, atMs, durationMs } of inWindow) {
          assert.ok(nemeses.get(nemesis)?.variants.includes(variant), `${nemesis} ${variant}`);
          assert.ok(atMs + durationMs + recoveryMsMinDefault <= startMs + nemesisIntervalMsDefault);
          seen.add(nemesis);
        }
      }
      assert.equal(new Set(faults.map(({ id }) => id)).size, faults.length);
    }
    assert.deepEqual(counts, new Set([1, 2, 3]));
    assert.equal(seen.size, pool.length);
    assert.deepEqual(mixed(4), mixed(4));
    assert.notDeepEqual(mixed(4), mixed(5));
    assert.deepEqual(schedule(1, { nemeses: named('all-random') }), []);
  });

  it('refuses an interval that has no room for a fault and a rest', () => {
    assert.throws(
      () => schedule(1, { intervalMs: 7000 }),
      /--nemesis-interval: wanted at least 7.5 s .* got 7 s/,
    );
  });
});

describe('the cycle of variants', () => {
  it('brings each of a group once before any comes again', () => {
    const cycle = variantCycle(['a/1', 'a/2', 'b/1', 'b/2'], SimRandom.fromSeed(2));
    const drawn = Array.from({ length: 4 }, () => cycle.next().value);
    assert.deepEqual([...drawn].sort(), ['a/1', 'a/2', 'b/1', 'b/2']);
    assert.notEqual(drawn[0]?.[0], drawn[1]?.[0]);
  });
});

describe('every nemesis', () => {
  it('is known by its own name, and tells what it is after', () => {
    for (const [name, nemesis] of nemeses) {
      assert.equal(nemesis.name, name);
      assert.ok(nemesis.purpose.length > 10);
      assert.ok(nemesis.colours.every((colour) => /^#[0-9a-f]{6}$/.test(colour)));
    }
  });
});
