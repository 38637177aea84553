/** A message to send, and its properties as they travel. */
import { encodeProperties } from '../message/message-properties.ts';

export interface OutgoingMessage {
  readonly topic: string;
  /** Must not be changed until the outcome is known. */
  readonly body: Uint8Array;
  /** Absent: the producer takes the queues in turn. */
  readonly queueId?: number;
  /** Where `queueId` is given: of this broker; absent, of the first one that has the queue. */
  readonly brokerName?: string;
  readonly tag?: string;
  /** Business keys, blank between two. */
  readonly keys?: string;
  /** The sender's own number; brokers do not look at it. */
  readonly flag?: number;
  /** Names and values hold neither 0x01 nor 0x02. */
  readonly properties?: Iterable<readonly [string, string]>;
  /** False: answered before the replicas have it. */
  readonly waitStoreMsgOk?: boolean;
}

export function messageProperties(message: OutgoingMessage, uniqueId: string): string {
  const wait = message.waitStoreMsgOk === false ? 'false' : 'true';
  let text = `UNIQ_KEY\u0001${uniqueId}\u0002WAIT\u0001${wait}\u0002`;
  if (message.tag !== undefined) text += `TAGS\u0001${message.tag}\u0002`;
  if (message.keys !== undefined) text += `KEYS\u0001${message.keys}\u0002`;
  return message.properties === undefined ? text : text + encodeProperties(message.properties);
}
