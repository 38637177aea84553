import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { BrokerCounters, RateCounter } from './broker-counters.ts';
import { repeat } from './repeat.ts';

describe('a repeated action', () => {
  it('runs at once and then at its period, until it is cancelled', async () => {
    const world = new SimWorld(1);
    let runs = 0;
    const timer = repeat(world.host('n1').start(), 'counting', 100, () => {
      runs += 1;
    });
    equal(runs, 1);
    await world.runFor(350);
    equal(runs, 4);
    timer.cancel();
    await world.runFor(350);
    equal(runs, 4);
  });

  it('goes on after a failure (B10, B35)', async () => {
    const world = new SimWorld(1);
    let runs = 0;
    repeat(world.host('n1').start(), 'the shrinking', 100, () => {
      runs += 1;
      if (runs === 2) throw new Error('once');
    });
    await world.runFor(350);
    equal(runs, 4);
    equal(
      world.log.some((line) => JSON.stringify(line).includes('the shrinking failed')),
      true,
    );
  });
});

describe('a rate', () => {
  it('is counted over the time since its samples began', () => {
    const counter = new RateCounter();
    equal(counter.perSecond(0, 10_000), 0);
    counter.sample(0);
    counter.add(50);
    counter.sample(500);
    equal(counter.perSecond(5000, 10_000), 10);
    for (let second = 1; second <= 700; second += 1) counter.sample(second * 1000);
    equal(counter.perSecond(700_000, 10_000), 0);
    equal(counter.text(700_000), '0.00 0.00 0.00');
    equal(counter.total(), 50);
  });

  it('is sampled for all counters together', async () => {
    const world = new SimWorld(1);
    const { clock } = world.host('n1').start();
    const counters = new BrokerCounters();
    counters.sample(clock);
    counters.putMessages.add(10);
    await world.runFor(1000);
    deepEqual(Math.round(counters.putMessages.perSecond(clock.monotonicMs(), 60_000)), 10);
  });
});
