import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { javaHashCode } from '../../message/tags-code.ts';
import { FrameDecoder } from '../../remoting/frame.ts';
import { FrameWriter } from '../../remoting/frame-writer.ts';
import { SendRequestReader } from '../../remoting/header/send-message-request.ts';
import { RepeatedSend } from '../../remoting/header/send-pattern.ts';
import { readSendProperties } from '../send-properties.ts';
import { RepeatedProperties } from './repeated-properties.ts';

/** The second of two sends with these properties, but for the digits of their UNIQ_KEY. */
function repeated(properties: string, reader: SendRequestReader): RepeatedSend {
  const [, second] = [properties, properties.replace('0000', '1234')].map((text) => {
    const writer = new FrameWriter();
    const fields = { a: 'G', b: 'T', c: 'D', d: '4', e: '0', f: '0', g: '1', h: '0', i: text };
    writer.addFrame(310, 0, 1, null, JSON.stringify(fields), null);
    const [command] = new FrameDecoder(1 << 20, true).push(Buffer.concat(writer.take()));
    assert.ok(command !== undefined);
    return reader.read(command);
  });
  assert.ok(second instanceof RepeatedSend);
  return second;
}

describe('the properties of sends that follow a pattern', () => {
  it('are those that the ordinary way finds and stores, with the end that was missing', () => {
    const reader = new SendRequestReader();
    const prepared = new RepeatedProperties();
    for (const properties of [
      'UNIQ_KEY\u00010000\u0002WAIT\u0001true\u0002',
      'UNIQ_KEY\u00010000\u0002WAIT\u0001false',
      '消\u0001x\u0002UNIQ_KEY\u00010000\u0002TAGS\u0001blue\u0002',
      'UNIQ_KEY\u00010000',
      'UNIQ_KEY\u00010000\u0002DELAY\u00013\u0002',
    ]) {
      const send = repeated(properties, reader);
      assert.deepEqual(prepared.known(send), readSendProperties(send.properties));
      const { bytes, tagsCode } = prepared.encoded(send);
      const text = send.properties.endsWith('\u0002') ? send.properties : `${send.properties}\u0002`;
      assert.equal(Buffer.from(bytes).toString(), text);
      assert.ok(text.includes('1234'));
      assert.equal(tagsCode, text.includes('TAGS') ? javaHashCode('blue') : 0);
    }
  });
});
