import { equal } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { RequestCode } from '../remoting/request-code.ts';
import { BrokerCluster } from './testing/broker-cluster.ts';

const fieldNames = [
  ...['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm'],
  ...['topic', 'queueId', 'queueOffset', 'maxMsgNums', 'sysFlag', 'commitOffset', 'suspendTimeoutMillis'],
  ...['subVersion', 'subscription', 'expressionType', 'maxMsgBytes', 'replicaRead', 'consumerGroup'],
  ...['producerGroup', 'defaultTopic', 'defaultTopicQueueNums', 'bornTimestamp', 'flag', 'properties'],
  ...['readQueueNums', 'writeQueueNums', 'perm', 'topicFilterType', 'attributes', 'order', 'batch'],
];
const values = [
  ...[
    '',
    '0',
    '1',
    '-1',
    '2147483647',
    '-2147483648',
    '9007199254740991',
    '99999999999999999999',
    'x',
    'true',
  ],
  ...[
    't',
    'TBW102',
    '__proto__',
    'constructor',
    '..',
    '../../etc',
    '%RETRY%g',
    'rmq_sys_TOPIC_CONFIG',
    '*',
    '||',
  ],
  ...[
    'WAIT\u0001false\u0002',
    'DELAY\u00019\u0002',
    '\u0001\u0002\u0001',
    'SINGLE_TAG',
    'SQL92',
    '+a=b,-c',
    '6',
    '32',
  ],
];
const bodies = [
  '',
  'x',
  '{}',
  '[]',
  '{"topicConfigList":[{"topicName":"__proto__"}]}',
  'listenPort=1',
  '\u0000\u0000\u0000\u0016',
];

describe('a broker that is sent nonsense', () => {
  it('answers every request, and goes on', async () => {
    const cluster = new BrokerCluster();
    await cluster.startAll();
    const master = cluster.master() ?? '';
    equal((await cluster.createTopic(master, 't')).code, 0);
    const { random } = cluster.world;
    const pick = <T>(items: readonly T[]): T | undefined => items[random.below(items.length)];
    const codes = Object.values(RequestCode).filter(
      (code) => code < 1000 || code === RequestCode.GET_BROKER_EPOCH_CACHE,
    );
    let unanswered = 0;
    for (let round = 0; round < 20; round += 1) {
      const requests = Array.from({ length: 100 }, () => {
        const extFields: Record<string, string> = {};
        for (let i = random.below(16); i > 0; i -= 1) extFields[pick(fieldNames) ?? ''] = pick(values) ?? '';
        const code = pick(codes) ?? 0;
        const request = { code, extFields, body: Buffer.from(pick(bodies) ?? '') };
        return cluster.client.request(`${master}:10911`, request, 30_000).catch(() => {
          unanswered += 1;
        });
      });
      await cluster.world.settle(Promise.all(requests));
    }
    equal(unanswered, 0);
    equal(cluster.master(), master);
    equal((await cluster.send(master, 't', 'still here')).code, 0);
  }).timeout(60_000);
});
