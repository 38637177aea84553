/** A slave's appends: the master's bytes, as they are. */
import { RecordReader } from '../message/record-reader.ts';
import type { CommitLog } from './commit-log/commit-log.ts';
import type { Chunk } from './commit-log/memory-tail.ts';
import type { Dispatcher } from './dispatcher.ts';
import { StoreError } from './store-error.ts';

export class RawAppender {
  readonly #log: CommitLog;
  readonly #dispatcher: Dispatcher;
  readonly #fileBytes: number;
  readonly #reader = new RecordReader();

  constructor(log: CommitLog, dispatcher: Dispatcher, fileBytes: number) {
    this.#log = log;
    this.#dispatcher = dispatcher;
    this.#fileBytes = fileBytes;
  }

  /** Throws StoreError when `bytes` are not whole records for `physicalOffset`. */
  check(physicalOffset: number, bytes: Uint8Array): void {
    const reader = this.#reader.over(bytes);
    for (let at = 0; at < bytes.length; at += reader.size) {
      const fault = this.#faultAt(at, physicalOffset + at);
      if (fault === undefined) continue;
      throw new StoreError('damaged', `no record for offset ${physicalOffset + at}: ${fault}`);
    }
  }

  /** Only bytes that were checked, at the log's end. */
  append(bytes: Uint8Array): void {
    const reader = this.#reader.over(bytes);
    let chunk: Chunk | undefined;
    let copied = 0;
    let target = 0;
    // One copy for all that goes into one chunk.
    for (let at = 0; at < bytes.length; at += reader.size) {
      const kind = reader.read(at, this.#log.end);
      const next = this.#log.room(reader.size);
      if (next !== chunk) {
        chunk?.bytes.set(bytes.subarray(copied, at), target);
        chunk = next;
        copied = at;
        target = next.used;
      }
      this.#log.grow(next, reader.size);
      if (kind === 'record') this.#dispatcher.note(reader);
    }
    chunk?.bytes.set(bytes.subarray(copied), target);
  }

  #faultAt(at: number, offset: number): string | undefined {
    const reader = this.#reader;
    const kind = reader.read(at, offset);
    if (kind === 'bad') return reader.fault;
    const left = this.#fileBytes - (offset % this.#fileBytes);
    if (kind === 'record' && reader.size <= left) return this.#dispatcher.faultOf(reader);
    if (kind === 'blank' && reader.size === left) return undefined;
    return `${kind} of ${reader.size} bytes where a file has ${left} left`;
  }
}
