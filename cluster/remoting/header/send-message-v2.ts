/**
 * SEND_MESSAGE_V2 (310): SEND_MESSAGE with one-letter names.
 * a producerGroup* | b topic* | c defaultTopic* | d defaultTopicQueueNums* | e queueId* | f sysFlag* | g bornTimestamp*
 * | h flag* | i properties | j reconsumeTimes | k unitMode | l maxReconsumeTimes | m batch | n broker name (ignored).
 * Written out by hand, since it runs for every message.
 */
import { type ExtFields, fieldText, parseInt32, parseLong } from '../header-codec.ts';
import { HeaderError } from '../header-error.ts';
import type { SendMessageRequestHeader } from './send-message.ts';

const name = 'SendMessageRequestHeaderV2';

export function decodeSendMessageRequestHeaderV2(extFields: ExtFields | null): SendMessageRequestHeader {
  const fields = extFields ?? {};
  const maxReconsumeTimes = fields['l'];
  return {
    producerGroup: text(fields, 'a'),
    topic: text(fields, 'b'),
    defaultTopic: text(fields, 'c'),
    defaultTopicQueueNums: int(fields, 'd'),
    queueId: int(fields, 'e'),
    sysFlag: int(fields, 'f'),
    bornTimestamp: long(fields, 'g'),
    flag: int(fields, 'h'),
    properties: fields['i'] ?? '',
    reconsumeTimes: fields['j'] === undefined ? 0 : int(fields, 'j'),
    unitMode: fields['k'] === 'true',
    maxReconsumeTimes: maxReconsumeTimes === undefined ? undefined : int(fields, 'l'),
    batch: fields['m'] === 'true',
  };
}

export function encodeSendMessageRequestHeaderV2(header: SendMessageRequestHeader): Record<string, string> {
  const fields: Record<string, string> = {
    a: header.producerGroup,
    b: header.topic,
    c: header.defaultTopic,
    d: String(header.defaultTopicQueueNums),
    e: String(header.queueId),
    f: String(header.sysFlag),
    g: String(header.bornTimestamp),
    h: String(header.flag),
    i: header.properties,
    j: String(header.reconsumeTimes),
    k: header.unitMode ? 'true' : 'false',
    m: header.batch ? 'true' : 'false',
  };
  if (header.maxReconsumeTimes !== undefined) fields['l'] = String(header.maxReconsumeTimes);
  return fields;
}

function text(fields: ExtFields, key: string): string {
  const value = fieldText(fields, key);
  if (value === undefined) throw new HeaderError(name, key, 'a string', undefined);
  return value;
}

function int(fields: ExtFields, key: string): number {
  const value = fields[key];
  const number = value === undefined ? undefined : parseInt32(value);
  if (number === undefined) throw new HeaderError(name, key, 'a 32-bit integer', value);
  return number;
}

function long(fields: ExtFields, key: string): number {
  const value = fields[key];
  const number = value === undefined ? undefined : parseLong(value);
  if (number === undefined) throw new HeaderError(name, key, 'an integer below 2^53', value);
  return number;
}
