import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { BrokerCluster, brokerNames, controllerNames } from '../../cluster/broker/testing/broker-cluster.ts';
import { RequestCode } from '../../cluster/remoting/request-code.ts';
import { Attack, type Port } from './attack.ts';
import { Garbage } from './garbage.ts';
import { readRecordedBytes } from './recorded-bytes.ts';
import { SteadyClient } from './testing/steady-client.ts';

const topic = 'kept';
const names = {
  brokerName: 'broker-a',
  brokerAddresses: brokerNames.map((name) => `${name}:10911`),
  topic,
  raftGroup: 'group1',
  raftPeers: controllerNames.map((_, index) => `n${index}`),
};
const ports: readonly Port[] = [
  ...controllerNames.flatMap((host): readonly Port[] => [
    { host, port: 9876, speaks: 'remoting' },
    { host, port: 9878, speaks: 'remoting' },
  ]),
  ...brokerNames.flatMap((host): readonly Port[] => [
    { host, port: 10911, speaks: 'remoting' },
    { host, port: 10912, speaks: 'ha' },
    { host, port: 10912, speaks: 'ha' },
  ]),
];
const strangersAtOnce = 12;
const strangersRestMsMax = 200;
/** The whole measure by hand: GARBAGE=100000. */
const inputsWanted = Number(process.env['GARBAGE'] ?? 10_000);

describe('a cluster that is sent garbage at every port', () => {
  it(`${inputsWanted} times hangs up on whoever sends it, and is otherwise as before`, async () => {
    const cluster = new BrokerCluster({ seed: 6 });
    const { world } = cluster;
    const stranger = world.host('x1').start();
    await cluster.startAll();
    const master = cluster.master() ?? '';
    const masterEpoch = cluster.masterEpoch();
    equal((await cluster.createTopic(master, topic)).code, 0);
    const client = new SteadyClient(cluster, topic);
    const sending = client.run();
    const attack = new Attack(stranger, new Garbage(world.random, readRecordedBytes(), names));

    const since = world.now();
    const strangers = Array.from({ length: strangersAtOnce }, async () => {
      while (attack.inputCount() < inputsWanted) {
        await attack.strike(ports[world.random.below(ports.length)] as Port);
        await new Promise<void>((resolve) => {
          stranger.clock.after(world.random.below(strangersRestMsMax), resolve);
        });
      }
    });
    await world.settle(Promise.all(strangers), 3_600_000);
    client.stop();
    await world.settle(sending);

    deepEqual(attack.unclosed, []);
    deepEqual(client.failures, []);
    equal(cluster.master(), master);
    equal(cluster.masterEpoch(), masterEpoch);
    await cluster.untilAllInSync();
    equal((await cluster.send(master, topic, 'after it')).code, 0);
    await world.runFor(500);
    await client.judge();
    deepEqual(
      world.trace.filter(
        ({ event, fields }) =>
          event === 'invariant-broken' || (event === 'elected' && fields['masterEpoch'] !== masterEpoch),
      ),
      [],
    );
    for (const { port } of ports) ok((attack.inputs.get(port) ?? 0) > inputsWanted / 100, `port ${port}`);
    ok(attack.malformed > inputsWanted / 100, `${attack.malformed} malformed`);
    ok(client.acknowledged.length > 10, `${client.acknowledged.length} acknowledged`);
    if (process.env['GARBAGE'] !== undefined) {
      const figures = { inputs: Object.fromEntries(attack.inputs), malformed: attack.malformed };
      process.stderr.write(
        `${JSON.stringify({ ...figures, acknowledged: client.acknowledged.length, virtualMs: world.now() - since })}\n`,
      );
    }
  }).timeout(900_000);

  it('keeps its master when strangers send heartbeats in its name', async () => {
    const cluster = new BrokerCluster({ seed: 7 });
    await cluster.startAll();
    const masterEpoch = cluster.masterEpoch();
    // Over is the time in which a new controller lets nobody be dead.
    await cluster.world.runFor(5000);
    const brokerId = String(cluster.broker(cluster.master() ?? '').brokerId());
    const heartbeats = controllerNames.flatMap((name) =>
      Array.from({ length: 20 }, (_, count) => {
        const extFields = {
          ...{ clusterName: 'DefaultCluster', brokerName: 'broker-a', brokerAddr: 'nowhere:1', brokerId },
          ...{ epoch: '1', maxOffset: '1', confirmOffset: '1', incarnation: `stranger ${count}` },
        };
        const request = { code: RequestCode.BROKER_HEARTBEAT, extFields };
        return cluster.client.request(`${name}:9878`, request, 4000);
      }),
    );
    const answers = await cluster.world.settle(Promise.all(heartbeats));
    deepEqual(new Set(answers.map(({ code }) => code)), new Set([0]));
    await cluster.world.runFor(5000);
    equal(cluster.masterEpoch(), masterEpoch);
  });
});
