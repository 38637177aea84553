import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { stopIfBroken } from './broken-invariant.ts';

describe('a failed assertion of ours', () => {
  it('stops the node', () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    host.allowFatal();
    const runtime = host.start();
    assert.equal(stopIfBroken(runtime, new assert.AssertionError({ message: 'one and one is three' })), true);
    assert.equal(host.running, false);
    assert(world.trace.some((line) => line.event === 'invariant-broken'));
  });

  it('is told from the world’s trouble', () => {
    const runtime = new SimWorld(1).host('n1').start();
    assert.equal(stopIfBroken(runtime, new Error('the disk is full')), false);
  });
});
