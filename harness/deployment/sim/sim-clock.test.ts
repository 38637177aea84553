import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from './sim-world.ts';

describe('a simulated clock', () => {
  it('fires timers in the order of their time, never early', async () => {
    const world = new SimWorld(1);
    const { clock } = world.host('n1').start();
    const begin = clock.monotonicMs();
    const fired: [string, number][] = [];
    for (const [name, delayMs] of [
      ['late', 30],
      ['early', 10],
      ['middle', 20.5],
      ['at once', -1],
    ] as const) {
      clock.after(delayMs, () => {
        assert(clock.monotonicMs() >= begin + delayMs);
        fired.push([name, Math.floor(clock.monotonicMs() - begin)]);
      });
    }
    await world.runFor(100);
    assert.deepEqual(fired, [
      ['at once', 0],
      ['early', 10],
      ['middle', 20],
      ['late', 30],
    ]);
  });

  it('never fires a cancelled timer', async () => {
    const world = new SimWorld(1);
    const { clock } = world.host('n1').start();
    let fired = 0;
    const timer = clock.after(10, () => fired++);
    clock.after(5, () => {
      timer.cancel();
      timer.cancel();
    });
    await world.runFor(100);
    assert.equal(fired, 0);
  });

  it('runs what is due soon after the promise reactions of the turn, at the same time', async () => {
    const world = new SimWorld(1);
    const { clock } = world.host('n1').start();
    const order: string[] = [];
    const begin = world.now();
    clock.soon(() => order.push(`soon at ${world.now() - begin}`));
    clock.soon(() => {
      void Promise.resolve()
        .then(() => undefined)
        .then(() => order.push('reaction'));
      order.push('second');
      clock.soon(() => order.push('third'));
    });
    await world.runFor(1);
    assert.deepEqual(order, ['soon at 0', 'second', 'reaction', 'third']);
  });

  it('lets the wall jump and drift, and the monotonic clock never', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const { clock } = host.start();
    const wall = clock.wallMs();
    const monotonic = clock.monotonicMs();
    host.clock.setWallOffset(-60_000);
    assert.equal(clock.wallMs(), wall - 60_000);
    host.clock.setWallDrift(100_000);
    await world.runFor(1000);
    assert.equal(clock.wallMs(), wall - 60_000 + 1100);
    assert.equal(clock.monotonicMs(), monotonic + 1000);
    host.clock.setWallDrift(0);
    await world.runFor(1000);
    assert.equal(clock.wallMs(), wall - 60_000 + 2100);
  });

  it('goes at a rate of its own, with its timers and its wall clock', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const { clock } = host.start();
    const [wall, monotonic] = [clock.wallMs(), clock.monotonicMs()];
    host.clock.setRate(50_000);
    await world.runFor(1000);
    assert.deepEqual([clock.wallMs() - wall, Math.round(clock.monotonicMs() - monotonic)], [1050, 1050]);
    let firedAtMs = 0;
    clock.after(1050, () => {
      firedAtMs = world.now();
    });
    await world.runFor(3000);
    assert(firedAtMs >= 2000 && firedAtMs < 2001, String(firedAtMs));
    host.clock.setRate(0);
    assert.equal(Math.round(clock.monotonicMs() - monotonic), 4200);
    assert.equal(host.clock.wallOffsetMs(), 200);
    host.clock.setWallOffset(0);
    assert.equal(clock.wallMs() - wall, 4000);
  });

  it('keeps the promise of timers that are waiting when the rate changes', async () => {
    for (const [before, after] of [
      [0, -50_000],
      [50_000, -50_000],
      [-50_000, 50_000],
    ] as const) {
      const world = new SimWorld(2);
      const host = world.host('n1');
      const { clock } = host.start();
      const other = world.host('n2').start().clock;
      host.clock.setRate(before);
      const fired: number[] = [];
      const begin = clock.monotonicMs();
      clock.after(1000, () => fired.push(clock.monotonicMs() - begin));
      other.after(1000, () => fired.push(world.now()));
      await world.runFor(500);
      host.clock.setRate(after);
      await world.runFor(2000);
      assert.equal(fired.length, 2);
      for (const ms of fired) assert(ms >= 1000 && ms < 1000.6, String(ms));
    }
  });

  it('keeps the monotonic clocks of two hosts apart', () => {
    const world = new SimWorld(1);
    const [one, other] = [world.host('n1').start(), world.host('n2').start()];
    assert.notEqual(one.clock.monotonicMs(), other.clock.monotonicMs());
    assert.equal(one.clock.wallMs(), other.clock.wallMs());
  });

  it('refuses a delay that is no number', () => {
    const { clock } = new SimWorld(1).host('n1').start();
    assert.throws(() => clock.after(Number.NaN, () => undefined), /a timer's delay is a number/);
  });
});
