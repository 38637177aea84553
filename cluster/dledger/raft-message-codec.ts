/**
 * Raft messages between members; who sends and who is meant stands in the envelope of the transport.
 * int8 version 2 | int8 kind | int64 term | then by kind
 *   vote and pre-vote request: int64 last index | int64 last term
 *   vote and pre-vote answer:  int8 granted
 *   append request:            int64 previous index | int64 previous term | int64 commit index | int64 read round | int8 to voter | int32 count
 *                              | entries (int64 term | int32 length | body); a configuration: the length is ~length, the body its text
 *   append answer:             int8 accepted | int64 index | int64 conflict term | int64 conflict index | int64 read round
 */
import { readInt64, viewOf, writeInt64 } from '../bytes/int64.ts';
import type { AppendRequest, RaftEntry, RaftMessage } from '../raft/raft-message.ts';
import { restoredEntry, storedBody } from './configuration-text.ts';

const version = 2;
const kinds = [
  'pre-vote-request',
  'pre-vote-answer',
  'vote-request',
  'vote-answer',
  'append-request',
  'append-answer',
] as const;

export class RaftMessageError extends Error {
  override readonly name = 'RaftMessageError';
}

export function encodeRaftMessage(message: RaftMessage): Uint8Array {
  const writer = new Writer(encodedBytes(message));
  writer.int8(version);
  writer.int8(kinds.indexOf(message.kind));
  writer.int64(message.term);
  switch (message.kind) {
    case 'pre-vote-request':
    case 'vote-request':
      writer.int64(message.lastIndex);
      writer.int64(message.lastTerm);
      break;
    case 'pre-vote-answer':
    case 'vote-answer':
      writer.int8(message.granted ? 1 : 0);
      break;
    case 'append-request':
      writeAppendRequest(writer, message);
      break;
    case 'append-answer':
      writer.int8(message.accepted ? 1 : 0);
      writer.int64(message.index);
      writer.int64(message.conflictTerm);
      writer.int64(message.conflictIndex);
      writer.int64(message.readRound);
      break;
  }
  return writer.bytes;
}

function encodedBytes(message: RaftMessage): number {
  switch (message.kind) {
    case 'pre-vote-request':
    case 'vote-request':
      return 10 + 16;
    case 'pre-vote-answer':
    case 'vote-answer':
      return 10 + 1;
    case 'append-request':
      return message.entries.reduce((sum, entry) => sum + 12 + storedBody(entry).length, 10 + 37);
    case 'append-answer':
      return 10 + 33;
  }
}

function writeAppendRequest(writer: Writer, request: AppendRequest): void {
  writer.int64(request.previousIndex);
  writer.int64(request.previousTerm);
  writer.int64(request.commitIndex);
  writer.int64(request.readRound);
  writer.int8(request.toVoter ? 1 : 0);
  writer.int32(request.entries.length);
  for (const entry of request.entries) {
    writer.int64(entry.term);
    const body = storedBody(entry);
    writer.int32(entry.configuration === undefined ? body.length : ~body.length);
    writer.copy(body);
  }
}

/** Throws RaftMessageError. The bodies are views into `bytes`. */
export function decodeRaftMessage(bytes: Uint8Array, from: string, to: string): RaftMessage {
  const reader = new Reader(bytes);
  const foundVersion = reader.int8();
  if (foundVersion !== version)
    throw new RaftMessageError(`wanted a Raft message of version ${version}, got ${foundVersion}`);
  const kindNumber = reader.int8();
  const kind = kinds[kindNumber];
  const envelope = { from, to, term: reader.int64() };
  const message = readByKind(reader, kind, envelope);
  if (message === undefined)
    throw new RaftMessageError(`wanted a kind of Raft message, got number ${kindNumber}`);
  reader.end();
  return message;
}

type Envelope = Pick<RaftMessage, 'from' | 'to' | 'term'>;

function readByKind(
  reader: Reader,
  kind: RaftMessage['kind'] | undefined,
  envelope: Envelope,
): RaftMessage | undefined {
  switch (kind) {
    case 'pre-vote-request':
    case 'vote-request':
      return { kind, ...envelope, lastIndex: reader.int64(), lastTerm: reader.int64() };
    case 'pre-vote-answer':
    case 'vote-answer':
      return { kind, ...envelope, granted: reader.int8() === 1 };
    case 'append-request':
      return readAppendRequest(reader, envelope);
    case 'append-answer':
      return {
        kind,
        ...envelope,
        accepted: reader.int8() === 1,
        index: reader.int64(),
        conflictTerm: reader.int64(),
        conflictIndex: reader.int64(),
        readRound: reader.int64(),
      };
    case undefined:
      return undefined;
  }
}

function readAppendRequest(reader: Reader, envelope: Envelope): AppendRequest {
  const previousIndex = reader.int64();
  const head = {
    previousIndex,
    previousTerm: reader.int64(),
    commitIndex: reader.int64(),
    readRound: reader.int64(),
    toVoter: reader.int8() === 1,
  };
  const count = reader.int32();
  const entries: RaftEntry[] = [];
  for (let place = 1; place <= count; place += 1) {
    const term = reader.int64();
    const length = reader.int32();
    const body = reader.take(length < 0 ? ~length : length);
    entries.push(restoredEntry({ index: previousIndex + place, term, body }, length < 0));
  }
  return { kind: 'append-request', ...envelope, ...head, entries };
}

class Writer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = viewOf(this.bytes);
  }

  int8(value: number): void {
    this.#view.setInt8(this.#at, value);
    this.#at += 1;
  }

  int32(value: number): void {
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  int64(value: number): void {
    writeInt64(this.#view, this.#at, value);
    this.#at += 8;
  }

  copy(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  int8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4));
  }

  int64(): number {
    const at = this.#advance(8);
    const value = readInt64(this.#view, at);
    // A term that cannot be counted up would be the last one for ever.
    if (Number.isSafeInteger(value)) return value;
    throw new RaftMessageError(`wanted a number below 2^53 at ${at} of a Raft message, got ${value}`);
  }

  take(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) {
      throw new RaftMessageError(`wanted a Raft message of ${this.#at} bytes, got ${this.#bytes.length}`);
    }
  }

  #advance(length: number): number {
    const at = this.#at;
    if (length < 0 || at + length > this.#bytes.length) {
      throw new RaftMessageError(
        `wanted ${length} bytes at ${at} of a Raft message, which has ${this.#bytes.length}`,
      );
    }
    this.#at = at + length;
    return at;
  }
}
