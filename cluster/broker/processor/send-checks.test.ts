import { equal } from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SendMessageRequestHeader } from '../../remoting/header/send-message.ts';
import { readSendProperties } from '../send-properties.ts';
import { topicConfigOf } from '../topic-config.ts';
import { batchFault, sendFault } from './send-checks.ts';

const header: SendMessageRequestHeader = {
  producerGroup: 'pg',
  topic: 't',
  defaultTopic: 'TBW102',
  defaultTopicQueueNums: 4,
  queueId: 0,
  sysFlag: 0,
  bornTimestamp: 0,
  flag: 0,
  properties: '',
  reconsumeTimes: 0,
  unitMode: false,
  maxReconsumeTimes: undefined,
  batch: false,
};
const topic = topicConfigOf('t', { readQueueNums: 2, writeQueueNums: 2 });
const limits = { brokerPermission: 6, maxMessageSize: 100 };

function fault(change: {
  header?: Partial<SendMessageRequestHeader>;
  perm?: number;
  bodyBytes?: number;
  brokerPermission?: number;
}): number | undefined {
  const whole = { ...header, ...change.header };
  const brokerPermission = change.brokerPermission ?? limits.brokerPermission;
  return sendFault(
    whole,
    { ...topic, perm: change.perm ?? 6 },
    readSendProperties(whole.properties),
    change.bodyBytes ?? 1,
    { ...limits, brokerPermission },
  )?.code;
}

describe('a send', () => {
  it('goes on when nothing speaks against it', () => {
    equal(fault({}), undefined);
    equal(fault({ header: { queueId: -1 } }), undefined);
    equal(fault({ bodyBytes: 100 }), undefined);
  });

  it('is refused by topic, broker, queue, size and kind', () => {
    equal(fault({ perm: 4 }), 16);
    equal(fault({ brokerPermission: 4 }), 16);
    equal(fault({ header: { topic: 'SCHEDULE_TOPIC_XXXX' } }), 16);
    equal(fault({ header: { queueId: 2 } }), 29);
    equal(fault({ bodyBytes: 0 }), 13);
    equal(fault({ bodyBytes: 101 }), 13);
    equal(fault({ header: { sysFlag: 0x4 } }), 16);
    equal(fault({ header: { properties: 'TRAN_MSG\u0001true\u0002' } }), 16);
    equal(fault({ header: { properties: 'DELAY\u00011\u0002' } }), 13);
  });
});

describe('a batch', () => {
  it('has messages, for one ordinary topic, none of them delayed or transactional', () => {
    const plain = readSendProperties('');
    equal(batchFault('t', [plain]), undefined);
    equal(batchFault('t', [])?.code, 13);
    equal(batchFault('%RETRY%g', [plain])?.code, 13);
    equal(batchFault('t', [plain, readSendProperties('DELAY\u00011\u0002')])?.code, 13);
    equal(batchFault('t', [plain, readSendProperties('TRAN_MSG\u0001true\u0002')])?.code, 13);
  });
});
