import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chooseQueue } from './queue-choice.ts';
import type { BrokerRoute, TopicRoute } from './topic-route.ts';

function broker(brokerName: string, writeQueueNums: number, perm = 6, master = true): BrokerRoute {
  const addresses = new Map(master ? [[0, `${brokerName}:10911`]] : [[2, 'slave:10911']]);
  return { brokerName, cluster: 'c', addresses, readQueueNums: writeQueueNums, writeQueueNums, perm };
}

function route(...brokers: BrokerRoute[]): TopicRoute {
  return { topic: 't', brokers };
}

describe('the queue of a message', () => {
  it('is each in turn, over all brokers that may be written to', () => {
    const both = route(broker('a', 2), broker('b', 1), broker('read-only', 3, 4));
    const turns = [0, 1, 2, 3].map((turn) => chooseQueue(both, {}, turn));
    assert.deepEqual(
      turns.map((queue) => `${queue?.brokerName}/${queue?.queueId}`),
      ['a/0', 'b/0', 'a/1', 'a/0'],
    );
  });

  it('is of a broker with a master where there is one', () => {
    assert.equal(chooseQueue(route(broker('a', 2, 6, false), broker('b', 2)), {}, 0)?.brokerName, 'b');
    assert.equal(chooseQueue(route(broker('a', 2, 6, false)), {}, 0)?.brokerName, 'a');
  });

  it('is the one that was asked for', () => {
    const both = route(broker('a', 2), broker('b', 4));
    assert.deepEqual(chooseQueue(both, { queueId: 3 }, 7), { brokerName: 'b', queueId: 3 });
    assert.deepEqual(chooseQueue(both, { queueId: 1, brokerName: 'b' }, 7), { brokerName: 'b', queueId: 1 });
    assert.equal(chooseQueue(both, { brokerName: 'b' }, 1)?.brokerName, 'b');
    assert.equal(chooseQueue(both, { queueId: 4 }, 0), undefined);
    assert.equal(chooseQueue(route(), {}, 0), undefined);
  });
});
