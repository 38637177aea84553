/** Settings and messages for the tests of this folder: files so small that every test crosses their ends. */
import { Buffer } from 'node:buffer';
import { decodeMessages } from '../../message/decode-message.ts';
import type { StoredMessage } from '../../message/stored-message.ts';
import type { MessageDraft } from '../message-draft.ts';
import type { MessageStore } from '../message-store.ts';
import type { StoreConfig } from '../store-config.ts';

export const smallConfig = {
  storePathRootDir: '/disk/store',
  storeHost: { ip: '10.0.0.1', port: 10911 },
  mappedFileSizeCommitLog: 4096,
  mappedFileSizeConsumeQueue: 200,
  flushDiskType: 'SYNC_FLUSH',
  memoryTailBytes: 8192,
} as const satisfies StoreConfig;

type TextDraft = MessageDraft & { readonly properties: string };

export function draft(body: string, options: Partial<TextDraft> = {}): TextDraft {
  return {
    topic: 'T',
    queueId: 0,
    flag: 0,
    sysFlag: 0,
    bornTimestamp: 1,
    bornHost: { ip: '10.0.0.9', port: 5 },
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    properties: '',
    body: Buffer.from(body),
    ...options,
  };
}

/** All bytes of the log, read as a slave would. */
export async function readLog(store: MessageStore, bytesMax = 1000): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let offset = store.minOffset();
  while (offset < store.maxOffset()) {
    const bytes = await store.readRaw(offset, bytesMax, store.maxOffset());
    if (bytes.length === 0) throw new Error(`nothing at ${offset} of ${store.maxOffset()}`);
    parts.push(Uint8Array.from(bytes));
    offset += bytes.length;
  }
  return Buffer.concat(parts);
}

/** All readable messages of a queue, pulled `countMax` at a time. */
export async function readQueue(
  store: MessageStore,
  topic: string,
  queueId: number,
  countMax = 7,
): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = [];
  let queueOffset = store.queueMinOffset(topic, queueId);
  for (;;) {
    const result = await store.getMessages({ topic, queueId, queueOffset, countMax, bytesMax: 2000 });
    if (result.status !== 'FOUND') return messages;
    for (const record of result.records) messages.push(...decodeMessages(record));
    queueOffset = result.nextBeginOffset;
  }
}

export async function readBodies(store: MessageStore, topic = 'T', queueId = 0): Promise<string[]> {
  return (await readQueue(store, topic, queueId)).map((message) => Buffer.from(message.body).toString());
}
