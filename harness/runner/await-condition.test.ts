import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../deployment/sim/sim-world.ts';
import { awaitCondition, NotReadyError } from './await-condition.ts';

describe('waiting for a condition', () => {
  const start = () => {
    const world = new SimWorld(1);
    return { world, clock: world.host('w1').start().clock };
  };

  it('asks at once, and again until nothing is missing', async () => {
    const { world, clock } = start();
    const missing = ['two', 'one', undefined];
    let asked = 0;
    await world.settle(
      awaitCondition('all', { clock, limitMs: 1000 }, () => Promise.resolve(missing[asked++])),
    );
    assert.equal(asked, 3);
    assert.ok(world.now() < 200);
  });

  it('ends with what was missing last', async () => {
    const { world, clock } = start();
    const waiting = awaitCondition('start of the cluster', { clock, limitMs: 2000 }, () =>
      Promise.resolve('n3 is down'),
    );
    await assert.rejects(world.settle(waiting), (error) => {
      assert.ok(error instanceof NotReadyError);
      assert.equal(error.message, 'start of the cluster: not within 2 s; n3 is down');
      return true;
    });
    assert.ok(world.now() >= 2000);
  });

  it('ends early when it is told to', async () => {
    const { world, clock } = start();
    const abort = new AbortController();
    clock.after(100, () => abort.abort());
    const patience = { clock, limitMs: 60_000, signal: abort.signal };
    const waiting = awaitCondition('start', patience, () => Promise.resolve('n3 is down'));
    await assert.rejects(world.settle(waiting), /start: interrupted; n3 is down/);
    assert.ok(world.now() < 1000);
  });

  it('hands on what the question throws', async () => {
    const { world, clock } = start();
    const ask = () => Promise.reject(new Error('n1 died'));
    await assert.rejects(world.settle(awaitCondition('start', { clock, limitMs: 1000 }, ask)), /n1 died/);
  });
});
