import { deepEqual, equal } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { bodyCrc32 } from '../bytes/crc32.ts';
import { RemotingClient } from '../remoting/remoting-client.ts';
import { RemotingServer } from '../remoting/remoting-server.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { RouteRegistrar } from './route-registrar.ts';
import { topicConfigOf } from './topic-config.ts';

interface Seen {
  readonly code: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

async function stage(nameservers: readonly string[]) {
  const world = new SimWorld(1);
  world.host('n1');
  const seen: Seen[] = [];
  let answerCode = 0;
  const server = new RemotingServer(world.host('c1').start(), { listen: { host: 'c1', port: 9876 } });
  for (const code of [RequestCode.REGISTER_BROKER, RequestCode.UNREGISTER_BROKER]) {
    server.handle(code, (context) => {
      const { extFields, body } = context.request;
      seen.push({ code, fields: extFields ?? {}, body });
      context.respond({ code: answerCode });
    });
  }
  await world.settle(server.start());
  const runtime = world.host('n1').start();
  const client = new RemotingClient(runtime);
  let counter = 0;
  const topics = {
    all: () => [topicConfigOf('t', {}), topicConfigOf('u', {})],
    dataVersion: () => ({ stateVersion: 3, timestamp: 7, counter }),
  };
  const registrar = new RouteRegistrar(runtime, client, topics, {
    nameservers,
    clusterName: 'c',
    brokerName: 'b',
    brokerAddress: 'n1:10911',
    haAddress: 'n1:10912',
    heartbeatTimeoutMs: 10_000,
    periodMs: 1000,
    timeoutMs: 500,
  });
  registrar.start();
  return {
    world,
    seen,
    registrar,
    answer: (code: number) => {
      answerCode = code;
    },
    changeTopics: () => {
      counter += 1;
    },
  };
}

describe('the registration at the nameservers', () => {
  it('is silent while the role is not known (B50)', async () => {
    const { world, seen, registrar } = await stage(['c1:9876']);
    await world.runFor(3000);
    equal(seen.length, 0);
    await world.settle(registrar.stop());
    equal(seen.length, 0);
  });

  it('tells role, address and topics at once, and again every period', async () => {
    const { world, seen, registrar, changeTopics } = await stage(['c1:9876']);
    let successes = 0;
    registrar.onFirstSuccess(() => {
      successes += 1;
    });
    const before = world.now();
    registrar.setRouteId(0);
    await world.run(() => seen.length === 1, 1000);
    equal(world.now() - before < 50, true);
    const [first] = seen;
    const fields = first?.fields ?? {};
    const body = first?.body ?? new Uint8Array(0);
    deepEqual(
      [fields['brokerId'], fields['brokerAddr'], fields['haServerAddr'], fields['heartbeatTimeoutMillis']],
      ['0', 'n1:10911', 'n1:10912', '10000'],
    );
    equal(fields['bodyCrc32'], String(bodyCrc32(body)));
    const sent = JSON.parse(Buffer.from(body).toString()).topicConfigSerializeWrapper;
    deepEqual(Object.keys(sent.topicConfigTable), ['t', 'u']);
    deepEqual(sent.dataVersion, { stateVersion: 3, timestamp: 7, counter: 0 });
    changeTopics();
    registrar.announce();
    await world.run(() => seen.length === 2, 1000);
    await world.runFor(2500);
    equal(seen.length >= 4, true);
    equal(successes, 1);
  });

  it('ends with a good-bye under the id it was told by', async () => {
    const { world, seen, registrar } = await stage(['c1:9876']);
    registrar.setRouteId(2);
    await world.run(() => seen.length === 1, 1000);
    registrar.setRouteId(undefined);
    await world.settle(registrar.stop());
    const last = seen.at(-1);
    deepEqual([last?.code, last?.fields['brokerId']], [RequestCode.UNREGISTER_BROKER, '2']);
  });

  it('is made again as soon as a connection is lost', async () => {
    const { world, seen, registrar } = await stage(['c1:9876']);
    registrar.setRouteId(0);
    await world.runFor(100);
    const before = seen.length;
    world.cut('n1', 'c1', 'reset');
    await world.runFor(10);
    world.heal();
    await world.runFor(1200);
    equal(seen.length > before, true);
  });

  it('complains once of a nameserver that refuses or is not there, and tells when it is mended', async () => {
    const { world, registrar, answer } = await stage(['c1:9876', 'n1:9876']);
    answer(1);
    registrar.setRouteId(0);
    await world.runFor(3500);
    answer(0);
    await world.runFor(1500);
    const lines = world.log.map((line) => JSON.stringify(line)).filter((line) => line.includes('nameserver'));
    equal(lines.length, 3, lines.join('\n'));
    equal(lines.filter((line) => line.includes('registered at nameserver c1:9876 again')).length, 1);
  });

  it('is done at once when there is no nameserver', async () => {
    const { registrar } = await stage([]);
    let successes = 0;
    registrar.onFirstSuccess(() => {
      successes += 1;
    });
    equal(successes, 1);
  });
});
