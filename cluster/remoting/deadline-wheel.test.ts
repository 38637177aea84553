import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { DeadlineWheel, WheelEntry } from './deadline-wheel.ts';

class Noted extends WheelEntry {
  firedAt: number | undefined;
  readonly #world: SimWorld;
  constructor(world: SimWorld) {
    super();
    this.#world = world;
  }
  override expire(): void {
    assert.equal(this.firedAt, undefined);
    this.firedAt = this.#world.now();
  }
}

function setUp(): { world: SimWorld; wheel: DeadlineWheel } {
  const world = new SimWorld(1);
  return { world, wheel: new DeadlineWheel(world.host('n1').start().clock) };
}

describe('a wheel of deadlines', () => {
  it('calls each entry once, at its time and at most two ticks late', async () => {
    const { world, wheel } = setUp();
    const delays = Array.from({ length: 500 }, () => world.random.below(30_000));
    const entries = delays.map((delayMs) => {
      const entry = new Noted(world);
      wheel.add(entry, delayMs);
      return entry;
    });
    await world.runFor(31_000);
    delays.forEach((delayMs, index) => {
      const firedAt = entries[index]?.firedAt;
      assert(
        firedAt !== undefined && firedAt >= delayMs && firedAt <= delayMs + 16,
        `${delayMs}: ${firedAt}`,
      );
    });
    assert.equal(wheel.size, 0);
  });

  it('never calls an entry that was removed', async () => {
    const { world, wheel } = setUp();
    const entries = Array.from({ length: 20 }, () => new Noted(world));
    for (const entry of entries) wheel.add(entry, 100);
    for (const entry of entries.slice(0, 10)) {
      wheel.remove(entry);
      wheel.remove(entry);
    }
    assert.equal(wheel.size, 10);
    await world.runFor(200);
    assert.deepEqual(
      entries.map(({ firedAt }) => firedAt !== undefined),
      entries.map((_, index) => index >= 10),
    );
  });

  it('leaves no timer behind when all are removed', async () => {
    const { world, wheel } = setUp();
    const entry = new Noted(world);
    wheel.add(entry, 5000);
    wheel.remove(entry);
    await world.runFor(6000);
    const later = new Noted(world);
    wheel.add(later, 10);
    await world.runFor(100);
    assert(later.firedAt !== undefined);
  });

  it('takes an earlier deadline after a later one', async () => {
    const { world, wheel } = setUp();
    const [late, early] = [new Noted(world), new Noted(world)];
    wheel.add(late, 60_000);
    wheel.add(early, 20);
    await world.runFor(50);
    assert(early.firedAt !== undefined && late.firedAt === undefined);
  });

  it('calls what came due during a stop of the process in the order of the deadlines', async () => {
    const { world, wheel } = setUp();
    const order: number[] = [];
    class Ordered extends WheelEntry {
      readonly #number: number;
      constructor(number: number) {
        super();
        this.#number = number;
      }
      override expire(): void {
        order.push(this.#number);
      }
    }
    for (const delayMs of [9000, 100, 25_000, 8000]) wheel.add(new Ordered(delayMs), delayMs);
    world.host('n1').pause();
    await world.runFor(40_000);
    world.host('n1').resume();
    await world.runFor(1000);
    assert.deepEqual(order, [100, 8000, 9000, 25_000]);
  });

  it('may be added to from within a call', async () => {
    const { world, wheel } = setUp();
    const second = new Noted(world);
    class First extends WheelEntry {
      override expire(): void {
        wheel.add(second, 0);
      }
    }
    wheel.add(new First(), 10);
    await world.runFor(100);
    assert(second.firedAt !== undefined);
  });

  it('forgets all when it is cleared', async () => {
    const { world, wheel } = setUp();
    const entry = new Noted(world);
    wheel.add(entry, 10);
    wheel.clear();
    await world.runFor(100);
    assert.equal(entry.firedAt, undefined);
  });
});
