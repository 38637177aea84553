import { deepEqual, equal, rejects } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { BrokerIdentityError, BrokerIdentityFiles } from './broker-identity.ts';

const owner = { clusterName: 'c', brokerName: 'b' };

async function files() {
  const world = new SimWorld(1);
  const host = world.host('n1');
  const runtime = host.start();
  await world.settle(runtime.disk.makeDirectory('/store'));
  await world.settle(runtime.disk.syncDirectory('/'));
  return { world, host, identities: new BrokerIdentityFiles(runtime, '/store/brokerIdentity', owner) };
}

describe('the identity of a broker', () => {
  it('is not there before the first registration', async () => {
    const { world, identities } = await files();
    equal(await world.settle(identities.identity()), undefined);
    equal(await world.settle(identities.bid()), undefined);
  });

  it('is kept for good, in RocketMQ’s format, and ends the bid', async () => {
    const { world, host, identities } = await files();
    await world.settle(identities.keepBid(2, 'n1:10911;77'));
    deepEqual(await world.settle(identities.bid()), { ...owner, brokerId: 2, checkCode: 'n1:10911;77' });
    await world.settle(identities.keep(2));
    host.kill({ powerCut: true });
    const runtime = host.start();
    const after = new BrokerIdentityFiles(runtime, '/store/brokerIdentity', owner);
    deepEqual(await world.settle(after.identity()), { ...owner, brokerId: 2 });
    equal(await world.settle(after.bid()), undefined);
    equal(Buffer.from(host.disk.readFile('/store/brokerIdentity')).toString(), 'c#b#2');
  });

  it('of another broker, or damaged, stops the start with what to do', async () => {
    const { world, host, identities } = await files();
    host.disk.writeFile('/store/brokerIdentity', Buffer.from('c#other#1'));
    await rejects(world.settle(identities.identity()), (error: Error) => {
      return error instanceof BrokerIdentityError && /wanted the store of c\/b/.test(error.message);
    });
    for (const text of ['', 'c#b', 'c#b#x', 'c#b#1#2']) {
      host.disk.writeFile('/store/brokerIdentity', Buffer.from(text));
      await rejects(world.settle(identities.identity()), BrokerIdentityError);
    }
  });
});
