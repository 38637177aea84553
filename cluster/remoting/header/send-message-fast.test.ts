import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { putAscii } from '../../bytes/ascii.ts';
import { FrameDecoder } from '../frame.ts';
import { FrameError } from '../frame-error.ts';
import { FrameWriter } from '../frame-writer.ts';
import { HeaderError } from '../header-error.ts';
import { LazyJsonCommand } from '../lazy-json-header.ts';
import type { RemotingCommand } from '../remoting-command.ts';
import type { SendMessageRequestHeader } from './send-message.ts';
import {
  decodeSendMessageResponse,
  SendResponseTemplate,
  sendMessageRequestJsonV2,
} from './send-message-fast.ts';
import { SendRequestReader } from './send-message-request.ts';

const send: SendMessageRequestHeader = {
  producerGroup: 'group',
  topic: '%RETRY%group',
  defaultTopic: 'TBW102',
  defaultTopicQueueNums: 4,
  queueId: 3,
  sysFlag: 0,
  bornTimestamp: 1_795_306_880_805,
  flag: -7,
  properties: 'UNIQ_KEY\u0001C0\u0002WAIT\u0001true\u0002',
  reconsumeTimes: 0,
  unitMode: false,
  maxReconsumeTimes: undefined,
  batch: false,
};

function receive(code: number, flag: number, extFieldsJson: string): RemotingCommand {
  const writer = new FrameWriter();
  writer.addFrame(code, flag, 77, null, extFieldsJson, null);
  const [command] = new FrameDecoder(undefined, true).push(Buffer.concat(writer.take()));
  assert(command instanceof LazyJsonCommand);
  return command;
}

describe('a send request on the hot path', () => {
  for (const [what, fields] of [
    ['plain', {}],
    ['with a limit of retries', { maxReconsumeTimes: 16, reconsumeTimes: 2 }],
    ['with flags', { unitMode: true, batch: true }],
    ['with names that need escapes', { topic: 'a"b\\', producerGroup: '消\u0001' }],
    ['with a property that ends in a backslash', { properties: 'k\u0001v\\' }],
    ['with properties that look like fields', { properties: '","e":"9"},"flag":1,"opaque":5' }],
    ['without properties', { properties: '' }],
  ] as const) {
    it(`is read as it was written, ${what}`, () => {
      const header = { ...send, ...fields };
      assert.deepEqual(
        new SendRequestReader().read(receive(310, 0, sendMessageRequestJsonV2(header))),
        header,
      );
    });
  }

  it('is the same extFields as on the ordinary path', () => {
    const { extFields } = receive(310, 0, sendMessageRequestJsonV2(send));
    assert.equal(extFields?.['b'], send.topic);
    assert.equal(extFields?.['i'], send.properties);
  });

  it('is read in any order, and fields it does not know are passed over', () => {
    const fields = Object.entries(
      JSON.parse(sendMessageRequestJsonV2(send)) as Record<string, string>,
    ).reverse();
    const json = JSON.stringify(Object.fromEntries([['z', '1'], ...fields, ['bname', 'broker-a']]));
    assert.deepEqual(new SendRequestReader().read(receive(310, 0, json)), send);
  });

  it('reads raw numbers as ali-ons writes them', () => {
    const json = sendMessageRequestJsonV2(send).replace('"e":"3"', '"e":3');
    assert.deepEqual(new SendRequestReader().read(receive(310, 0, json)), send);
  });

  it('names the field that is missing or wrong', () => {
    const json = sendMessageRequestJsonV2(send);
    for (const bad of [json.replace('"e":"3",', ''), json.replace('"e":"3"', '"e":"x"'), '{}']) {
      assert.throws(() => new SendRequestReader().read(receive(310, 0, bad)), HeaderError);
    }
    const limit = sendMessageRequestJsonV2({ ...send, maxReconsumeTimes: 1 }).replace('"l":"1"', '"l":"y"');
    assert.throws(() => new SendRequestReader().read(receive(310, 0, limit)), HeaderError);
  });

  it('is a malformed frame when it is not JSON', () => {
    for (const bad of ['{"a":"g"x}', '{"a"}', '{"a":"\\q"}', '{"a":"b}', '{a:1}']) {
      assert.throws(() => new SendRequestReader().read(receive(310, 0, bad)), FrameError);
    }
  });

  it('of the other codes is read too', () => {
    const batch = receive(320, 0, sendMessageRequestJsonV2(send));
    assert.deepEqual(new SendRequestReader().read(batch), { ...send, batch: true });
    assert.throws(() => new SendRequestReader().read(receive(10, 0, '{}')), HeaderError);
  });
});

describe('the answer of a send on the hot path', () => {
  const answer = { msgId: '7F00000100002A9F000000000001E240', queueId: 3, queueOffset: 123_456 };

  it('is read as it was written', () => {
    const { msgId, queueId, queueOffset } = answer;
    const template = new SendResponseTemplate('Default"Region', true);
    for (const transactionId of ['C0', 'a"b\\', '消']) {
      const ids = {
        messageIdsLength: msgId.length,
        putMessageIds: (into: Uint8Array, at: number) => putAscii(into, at, msgId),
      };
      const writer = new FrameWriter();
      const fields = template.fields(ids, queueId, queueOffset, transactionId);
      writer.addWrittenFrame(0, 1, 77, null, fields, null);
      writer.addWrittenFrame(0, 1, 78, 'not "ok"', fields, Buffer.from('body'));
      const [response, other] = new FrameDecoder(1 << 20, true).push(Buffer.concat(writer.take()));
      assert.ok(response !== undefined && other !== undefined);
      assert.deepEqual([response.opaque, other.opaque, other.remark], [77, 78, 'not "ok"']);
      assert.deepEqual(other.extFields, response.extFields);
      assert.deepEqual(other.body, Buffer.from('body'));
      assert.deepEqual(decodeSendMessageResponse(response), answer);
      assert.deepEqual(response.extFields, {
        msgId,
        queueId: String(queueId),
        queueOffset: String(queueOffset),
        transactionId,
        MSG_REGION: 'Default"Region',
        TRACE_ON: 'true',
      });
    }
    assert.deepEqual(
      decodeSendMessageResponse(receive(0, 1, JSON.stringify(answer).replace(/:(\d+)/g, ':"$1"'))),
      answer,
    );
  });

  it('is refused when a field is missing', () => {
    assert.throws(() => decodeSendMessageResponse(receive(0, 1, '{"msgId":"x","queueId":"1"}')), HeaderError);
  });
});
