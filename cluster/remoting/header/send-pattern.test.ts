import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { FrameDecoder } from '../frame.ts';
import { FrameWriter } from '../frame-writer.ts';
import { LazyJsonCommand } from '../lazy-json-header.ts';
import type { SendMessageRequestHeader } from './send-message.ts';
import { sendMessageRequestJsonV2 } from './send-message-fast.ts';
import { SendRequestReader } from './send-message-request.ts';
import { decodeSendMessageRequestHeaderV2 } from './send-message-v2.ts';
import { RepeatedSend } from './send-pattern.ts';

const key = 'C0A80001';

function send(changes: Partial<SendMessageRequestHeader> = {}): SendMessageRequestHeader {
  return {
    producerGroup: 'group',
    topic: 'topic',
    defaultTopic: 'TBW102',
    defaultTopicQueueNums: 4,
    queueId: 3,
    sysFlag: 0,
    bornTimestamp: 1_795_306_880_805,
    flag: 0,
    properties: `消\u0001x\u0002UNIQ_KEY\u0001${key}\u0002WAIT\u0001true\u0002`,
    reconsumeTimes: 0,
    unitMode: false,
    maxReconsumeTimes: undefined,
    batch: false,
    ...changes,
  };
}

function request(json: string): LazyJsonCommand {
  const writer = new FrameWriter();
  writer.addFrame(310, 0, 77, null, json, null);
  const [command] = new FrameDecoder(1 << 20, true).push(Buffer.concat(writer.take()));
  assert.ok(command instanceof LazyJsonCommand);
  return command;
}

/** What a reader that has read `first` makes of `json`; it is always what the ordinary way makes of it. */
function readAfter(first: SendMessageRequestHeader, json: string): SendMessageRequestHeader {
  const reader = new SendRequestReader();
  assert.deepEqual(reader.read(request(sendMessageRequestJsonV2(first))), first);
  const second = request(json);
  const read = reader.read(second);
  const wanted = decodeSendMessageRequestHeaderV2(second.extFields);
  for (const field of Object.keys(wanted) as (keyof SendMessageRequestHeader)[])
    assert.equal(read[field], wanted[field], field);
  return read;
}

describe('sends that follow a pattern', () => {
  it('may differ in queue, time and UNIQ_KEY', () => {
    const properties = send().properties.replace(key, 'FFFFFFFF');
    for (const changes of [{}, { queueId: 7 }, { bornTimestamp: 1_895_306_880_805 }, { properties }]) {
      const read = readAfter(send(), sendMessageRequestJsonV2(send(changes)));
      assert.ok(read instanceof RepeatedSend);
      assert.deepEqual(read.uniqueKey, 'properties' in changes ? 'FFFFFFFF' : key);
    }
  });

  it('follow it whatever the order of the fields', () => {
    const { properties, bornTimestamp } = send();
    const first = `{"i":${JSON.stringify(properties)},"g":"${bornTimestamp}","a":"G","b":"T","c":"D","d":"4","e":"3","f":"0","h":"0"}`;
    const reader = new SendRequestReader();
    reader.read(request(first));
    const second = reader.read(request(first.replace('"e":"3"', '"e":"1"').replace(key, '12345678')));
    assert.ok(second instanceof RepeatedSend);
    assert.deepEqual([second.queueId, second.uniqueKey, second.topic], [1, '12345678', 'T']);
  });

  it('are read in full when anything else differs', () => {
    const others: Partial<SendMessageRequestHeader>[] = [
      { topic: 'topiC' },
      { producerGroup: 'grouP' },
      { sysFlag: 1 },
      { flag: 1 },
      { batch: true },
      { unitMode: true },
      { queueId: 12 },
      { queueId: -1 },
      { properties: send().properties.replace('true', 'trux') },
      { properties: send().properties.replace(key, 'C0A8"001') },
      { properties: send().properties.replace(key, 'C0A8\u0002X\u0001') },
      { properties: send().properties.replace(key, 'C0A80001\u0002') },
      { properties: '' },
    ];
    for (const changes of others) {
      const read = readAfter(send(), sendMessageRequestJsonV2(send(changes)));
      assert.ok(!(read instanceof RepeatedSend), JSON.stringify(changes));
    }
  });

  it('need a UNIQ_KEY of plain letters in the first one', () => {
    for (const properties of [
      '',
      'WAIT\u0001true\u0002',
      'A\u0001UNIQ_KEY\u0002',
      'UNIQ_KEY\u0001\u0002',
      'UNIQ_KEY\u0001a消\u0002',
      'UNIQ_KEY\u0001a"b\u0002',
    ]) {
      const first = send({ properties });
      const read = readAfter(first, sendMessageRequestJsonV2(first));
      assert.ok(!(read instanceof RepeatedSend), JSON.stringify(properties));
    }
  });

  it('have the first of several UNIQ_KEYs as theirs', () => {
    const properties = 'UNIQ_KEY\u0001AAAA\u0002UNIQ_KEY\u0001BBBB\u0002';
    const first = send({ properties });
    const read = readAfter(first, sendMessageRequestJsonV2(first).replace('AAAA', 'CCCC'));
    assert.ok(read instanceof RepeatedSend);
    assert.equal(read.uniqueKey, 'CCCC');
    const other = readAfter(first, sendMessageRequestJsonV2(first).replace('BBBB', 'CCCC'));
    assert.ok(!(other instanceof RepeatedSend));
  });
});
