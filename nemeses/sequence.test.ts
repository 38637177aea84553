import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultPlan } from './nemesis.ts';
import { sequence } from './sequence.ts';
import { JumpingClock, TestCluster } from './test-cluster.ts';

const plan: FaultPlan = {
  kind: 'planned',
  variant: 'mixed',
  targets: ['c3', 'n1', 'n2'],
  nodes: ['n1', 'n2'],
  links: [['n2', 'c3']],
  steps: [
    { afterMs: 0, verb: 'kill', node: 'n2' },
    { afterMs: 30, verb: 'start', node: 'n2' },
    { afterMs: 40, verb: 'cut', cut: 1, links: [['n2', 'c3']], flavour: 'hold' },
    { afterMs: 0, verb: 'pause', node: 'n1' },
    { afterMs: 500, verb: 'stop', node: 'n2' },
  ],
};

describe('a sequence', () => {
  it('does its steps at their times, proves them, and heals what it left broken', async () => {
    const clock = new JumpingClock();
    const cluster = new TestCluster(clock);
    const active = await sequence.inject(cluster, plan, clock);
    assert.equal(clock.monotonicMs() >= 570, true);
    const { proven, proof } = await active.probeBit();
    assert.equal(proven, true);
    assert.deepEqual(proof, { steps: ['kill n2', 'start n2', 'cut 1 links hold', 'pause n1', 'stop n2'] });
    await active.heal();
    assert.deepEqual(cluster.done.slice(-3), ['heal 1', 'resume n1', 'start n2']);
    assert.equal((await active.probeHealed()).proven, true);
    assert.deepEqual(cluster.cutLinks(), []);
  });

  it('leaves to another fault what that did first, and heals only its own', async () => {
    const clock = new JumpingClock();
    const cluster = new TestCluster(clock);
    await cluster.kill('n1');
    const active = await sequence.inject(cluster, plan, clock);
    const { proven, proof } = await active.probeBit();
    assert.deepEqual([proven, proof['overtaken']], [true, ['pause n1']]);
    await active.heal();
    assert.equal(cluster.state('n1'), 'absent');
  });

  it('has nothing to wake where another fault killed what it had paused', async () => {
    const clock = new JumpingClock();
    const cluster = new TestCluster(clock);
    const steps = [
      { afterMs: 0, verb: 'pause', node: 'n1' },
      { afterMs: 500, verb: 'resume', node: 'n1' },
    ] as const;
    clock.after(200, () => void cluster.kill('n1'));
    const active = await sequence.inject(cluster, { ...plan, steps }, clock);
    const { proven, proof } = await active.probeBit();
    assert.deepEqual([proven, proof['overtaken']], [true, ['resume n1']]);
  });

  it('neither wakes nor starts what another fault stopped or killed after it', async () => {
    const clock = new JumpingClock();
    const cluster = new TestCluster(clock);
    const steps = [
      { afterMs: 0, verb: 'pause', node: 'n1' },
      { afterMs: 100, verb: 'resume', node: 'n1' },
      { afterMs: 0, verb: 'kill', node: 'n2' },
      { afterMs: 100, verb: 'start', node: 'n2' },
      { afterMs: 500, verb: 'resume', node: 'n1' },
    ] as const;
    clock.after(300, () => void cluster.pause('n1'));
    clock.after(300, () => void cluster.kill('n2'));
    const active = await sequence.inject(cluster, { ...plan, steps }, clock);
    assert.deepEqual((await active.probeBit()).proof['overtaken'], ['resume n1']);
    await active.heal();
    assert.deepEqual([cluster.state('n1'), cluster.state('n2')], ['paused', 'absent']);
    assert.equal((await active.probeHealed()).proven, true);
  });

  it('undoes what it did when a step cannot be done, since nobody will heal it', async () => {
    const clock = new JumpingClock();
    const cluster = new TestCluster(clock);
    cluster.stop = () => Promise.reject(new Error('no such node'));
    await assert.rejects(sequence.inject(cluster, plan, clock), /no such node/);
    assert.equal(cluster.state('n1'), 'running');
    assert.deepEqual(cluster.cutLinks(), []);
  });

  it('says which step had no effect', async () => {
    const clock = new JumpingClock();
    const cluster = new TestCluster(clock);
    cluster.kill = () => Promise.resolve();
    const active = await sequence.inject(cluster, plan, clock);
    const { proven, proof } = await active.probeBit();
    assert.deepEqual([proven, proof['withoutEffect']], [false, ['kill n2']]);
  });

  it('waits no longer than its patience for a stop that somebody else holds up, then kills', async () => {
    const clock = new JumpingClock();
    const cluster = new TestCluster(clock);
    cluster.stop = () => new Promise<never>(() => {});
    const active = await sequence.inject(cluster, plan, clock);
    assert.equal((await active.probeBit()).proven, true);
    assert.equal(cluster.done.at(-1), 'kill n2');
  });
});
