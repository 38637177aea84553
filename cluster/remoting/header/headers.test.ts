import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { HeaderError } from '../header-error.ts';
import { brokerHeartbeatRequestHeader } from './broker-heartbeat.ts';
import { decodeIncarnations, encodeIncarnations } from './controller-alter-sync-state-set.ts';
import { electMasterRequestHeader } from './controller-elect-master.ts';
import { getBrokerMemberGroupRequestHeader } from './get-broker-member-group.ts';
import { pullMessageRequestHeader } from './pull-message.ts';
import { queryDataVersionRequestHeader, queryDataVersionResponseHeader } from './query-data-version.ts';
import { raftMessageRequestHeader } from './raft-message.ts';
import { decodeSendBatchMessageRequestHeader } from './send-batch-message.ts';
import { sendMessageRequestHeader } from './send-message.ts';
import { decodeSendMessageRequestHeaderV2, encodeSendMessageRequestHeaderV2 } from './send-message-v2.ts';

const send = {
  producerGroup: 'group',
  topic: 'topic',
  defaultTopic: 'TBW102',
  defaultTopicQueueNums: 4,
  queueId: -1,
  sysFlag: 0,
  bornTimestamp: 1_795_306_880_805,
  flag: 0,
  properties: 'TAGS\u0001a\u0002',
  reconsumeTimes: 0,
  unitMode: false,
  maxReconsumeTimes: 16,
  batch: false,
};

function assertHeaderError(decode: () => unknown, field: string, got: string | undefined): void {
  assert.throws(
    decode,
    (error) => error instanceof HeaderError && error.field === field && error.got === got,
  );
}

describe('a header', () => {
  it('is read as it was written', () => {
    assert.deepEqual(sendMessageRequestHeader.decode(sendMessageRequestHeader.encode(send)), send);
    assert.deepEqual(decodeSendMessageRequestHeaderV2(encodeSendMessageRequestHeaderV2(send)), send);
    const member = { clusterName: 'c', brokerName: 'b' };
    assert.deepEqual(
      getBrokerMemberGroupRequestHeader.decode(getBrokerMemberGroupRequestHeader.encode(member)),
      member,
    );
    const version = { clusterName: 'c', brokerName: 'b', brokerAddr: 'n1:10911', brokerId: 0 };
    assert.deepEqual(
      queryDataVersionRequestHeader.decode(queryDataVersionRequestHeader.encode(version)),
      version,
    );
    assert.deepEqual(queryDataVersionResponseHeader.decode({ changed: 'true' }), { changed: true });
    assert.deepEqual(raftMessageRequestHeader.decode({ group: 'g', from: 'n0' }), { group: 'g', from: 'n0' });
  });

  it('leaves out what is not given and fills in what Java fills in', () => {
    assert.deepEqual(electMasterRequestHeader.decode({ brokerName: 'b' }), {
      clusterName: '',
      brokerName: 'b',
      brokerId: -1,
      designateElect: false,
      invokeTime: 0,
    });
    const heartbeat = { clusterName: 'c', brokerAddr: 'a', brokerName: 'b', suspect: true, epoch: undefined };
    assert.deepEqual(brokerHeartbeatRequestHeader.encode(heartbeat), {
      clusterName: 'c',
      brokerAddr: 'a',
      brokerName: 'b',
      suspect: 'true',
    });
  });

  it('says which field is missing', () => {
    assertHeaderError(() => pullMessageRequestHeader.decode(null), 'consumerGroup', undefined);
    assertHeaderError(() => decodeSendMessageRequestHeaderV2({ a: 'g', b: 't', c: 'd' }), 'd', undefined);
    assertHeaderError(() => decodeSendMessageRequestHeaderV2(null), 'a', undefined);
    assertHeaderError(() => raftMessageRequestHeader.decode({ group: 'g' }), 'from', undefined);
  });

  it('says which field holds what it should not', () => {
    const fields = encodeSendMessageRequestHeaderV2(send);
    assertHeaderError(
      () => decodeSendMessageRequestHeaderV2({ ...fields, e: '2147483648' }),
      'e',
      '2147483648',
    );
    assertHeaderError(
      () => decodeSendMessageRequestHeaderV2({ ...fields, g: '9223372036854775807' }),
      'g',
      '9223372036854775807',
    );
    const v1 = sendMessageRequestHeader.encode(send);
    for (const queueId of ['', '-', '1.5', '0x10', ' 1', '1e3', 'null', '123456789012345678901']) {
      assertHeaderError(() => sendMessageRequestHeader.decode({ ...v1, queueId }), 'queueId', queueId);
    }
    assertHeaderError(() => sendMessageRequestHeader.decode({ ...v1, batch: 'yes' }), 'batch', 'yes');
  });

  it('names itself in the error', () => {
    assert.throws(
      () => raftMessageRequestHeader.decode(null),
      /RaftMessageRequestHeader.group: wanted a string, it is missing/,
    );
  });

  it('does not take inherited members for fields', () => {
    assertHeaderError(
      () => raftMessageRequestHeader.decode(Object.create({ group: 'g', from: 'f' })),
      'group',
      undefined,
    );
  });

  it('reads integers with a sign', () => {
    const fields = sendMessageRequestHeader.encode(send);
    assert.equal(sendMessageRequestHeader.decode({ ...fields, queueId: '-1' }).queueId, -1);
    assert.equal(sendMessageRequestHeader.decode({ ...fields, queueId: '+3' }).queueId, 3);
    assert(Object.is(sendMessageRequestHeader.decode({ ...fields, queueId: '-0' }).queueId, 0));
  });
});

describe('a batch header', () => {
  it('is read with short and with long names', () => {
    assert.deepEqual(decodeSendBatchMessageRequestHeader(encodeSendMessageRequestHeaderV2(send)), {
      ...send,
      batch: true,
    });
    assert.deepEqual(decodeSendBatchMessageRequestHeader(sendMessageRequestHeader.encode(send)), {
      ...send,
      batch: true,
    });
  });
});

describe('incarnations of a SyncStateSet', () => {
  it('are read as they were written', () => {
    const incarnations = new Map([
      [1, 'abc'],
      [2, 'd-f'],
    ]);
    assert.equal(encodeIncarnations(incarnations), '1:abc;2:d-f');
    assert.deepEqual(decodeIncarnations('1:abc;2:d-f'), incarnations);
    assert.deepEqual(decodeIncarnations(''), new Map());
  });

  it('are refused without a broker id', () => {
    assertHeaderError(() => decodeIncarnations('1:a;b'), 'incarnations', '1:a;b');
    assertHeaderError(() => decodeIncarnations('x:a'), 'incarnations', 'x:a');
  });
});
