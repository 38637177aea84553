import { deepEqual, equal } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import {
  isClosedToSends,
  isSystemTopic,
  topicConfigFault,
  topicConfigOf,
  topicNameFault,
} from './topic-config.ts';
import { decodeTopicRecord, encodeTopicRecord } from './topic-record.ts';
import { encodeSnapshot, TopicTable } from './topic-table.ts';

const builtIn = [topicConfigOf('TBW102', { perm: 7 })];
const config = topicConfigOf('t', { attributes: { 'message.type': 'FIFO' }, order: true });

function put(table: TopicTable, queueOffset: number, topic: string): void {
  const record = decodeTopicRecord(encodeTopicRecord({ kind: 'put', config: topicConfigOf(topic, {}) }));
  table.apply(record, { queueOffset, endPhysicalOffset: (queueOffset + 1) * 100, timestamp: 7 });
}

describe('a topic record', () => {
  it('comes back as it went into the log, attributes too (B51)', () => {
    deepEqual(decodeTopicRecord(encodeTopicRecord({ kind: 'put', config })), { kind: 'put', config });
    deepEqual(decodeTopicRecord(encodeTopicRecord({ kind: 'delete', topic: 't' })), {
      kind: 'delete',
      topic: 't',
    });
  });

  it('of an unknown kind is passed over', () => {
    for (const text of ['', '[]', '7', '{}', '{"put":{}}', '{"put":{"topicName":""}}']) {
      equal(decodeTopicRecord(Buffer.from(text)), undefined, text);
    }
  });
});

describe('the topic table', () => {
  it('applies each record once, in the order of the log', () => {
    const table = new TopicTable(builtIn);
    put(table, 0, 'a');
    put(table, 1, 'b');
    table.apply({ kind: 'delete', topic: 'a' }, { queueOffset: 2, endPhysicalOffset: 300, timestamp: 8 });
    put(table, 0, 'a');
    deepEqual(
      table.all().map((topic) => topic.topicName),
      ['TBW102', 'b'],
    );
    equal(table.nextQueueOffset(), 3);
    deepEqual(table.dataVersion(), { stateVersion: 0, timestamp: 8, counter: 3 });
  });

  it('counts an unreadable record as applied', () => {
    const table = new TopicTable(builtIn);
    table.apply(undefined, { queueOffset: 0, endPhysicalOffset: 100, timestamp: 1 });
    equal(table.nextQueueOffset(), 1);
  });

  it('is restored from its snapshot', () => {
    const table = new TopicTable(builtIn);
    put(table, 0, 'a');
    const restored = new TopicTable(builtIn);
    equal(restored.restore(Buffer.from(encodeSnapshot(table)).toString(), 100), true);
    deepEqual(restored.all(), table.all());
    equal(restored.nextQueueOffset(), 1);
    equal(restored.endPhysicalOffset(), 100);
  });

  it('refuses a snapshot that claims more than the log confirmed, or cannot be read', () => {
    const table = new TopicTable(builtIn);
    put(table, 0, 'a');
    const restored = new TopicTable(builtIn);
    equal(restored.restore(Buffer.from(encodeSnapshot(table)).toString(), 99), false);
    for (const text of ['', '{', '7', '{}', '{"topicConfigTable":{},"nextQueueOffset":-1}']) {
      equal(restored.restore(text, 100), false, text);
    }
    const unreadable = '{"topicConfigTable":{"a":{}},"nextQueueOffset":1,"endPhysicalOffset":1}';
    equal(restored.restore(unreadable, 100), false);
    equal(restored.nextQueueOffset(), 0);
  });
});

describe('a topic name', () => {
  it('has 1 to 127 letters of the allowed kind', () => {
    equal(topicNameFault('%RETRY%g_1-|'), undefined);
    equal(topicNameFault('a'.repeat(127)), undefined);
    equal(typeof topicNameFault('a'.repeat(128)), 'string');
    equal(typeof topicNameFault(''), 'string');
    equal(typeof topicNameFault('ä'), 'string');
  });

  it('may belong to the system', () => {
    equal(isSystemTopic('TBW102'), true);
    equal(isClosedToSends('rmq_sys_TOPIC_CONFIG'), true);
    equal(isClosedToSends('TBW102'), false);
    equal(isSystemTopic('t'), false);
  });

  it('comes with sensible numbers', () => {
    equal(topicConfigFault(config), undefined);
    equal(typeof topicConfigFault({ ...config, readQueueNums: 0 }), 'string');
    equal(typeof topicConfigFault({ ...config, writeQueueNums: 1.5 }), 'string');
    equal(typeof topicConfigFault({ ...config, perm: 16 }), 'string');
  });
});
