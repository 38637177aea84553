/**
 * A change of the topic table as a message body in the log: JSON, `{"put": TopicConfig}` or `{"delete": "name"}`.
 * Topics travel with the messages, so a replica that holds a message also holds its topic (HOLES.md B51, B52).
 */
import { Buffer } from 'node:buffer';
import { type TopicConfig, topicConfigFromJson, topicConfigJson } from './topic-config.ts';

export type TopicRecord =
  | { readonly kind: 'put'; readonly config: TopicConfig }
  | { readonly kind: 'delete'; readonly topic: string };

export function encodeTopicRecord(record: TopicRecord): Uint8Array {
  const value = record.kind === 'put' ? { put: topicConfigJson(record.config) } : { delete: record.topic };
  return Buffer.from(JSON.stringify(value), 'utf8');
}

/** Undefined for what is not such a record: the queue is closed to clients, but an older or newer broker may have written it. */
export function decodeTopicRecord(body: Uint8Array): TopicRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Readonly<Record<string, unknown>>;
  if (typeof members['delete'] === 'string') return { kind: 'delete', topic: members['delete'] };
  const config = topicConfigFromJson(members['put']);
  return config === undefined ? undefined : { kind: 'put', config };
}
