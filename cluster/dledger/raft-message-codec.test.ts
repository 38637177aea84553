import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import type { RaftMessage } from '../raft/raft-message.ts';
import { decodeRaftMessage, encodeRaftMessage, RaftMessageError } from './raft-message-codec.ts';

const envelope = { from: 'n0', to: 'n1', term: 5_000_000_000 };
const messages: readonly RaftMessage[] = [
  { kind: 'pre-vote-request', ...envelope, lastIndex: -1, lastTerm: 0 },
  { kind: 'vote-request', ...envelope, lastIndex: 2 ** 40, lastTerm: 3 },
  { kind: 'pre-vote-answer', ...envelope, granted: true },
  { kind: 'vote-answer', ...envelope, granted: false },
  {
    kind: 'append-request',
    ...envelope,
    previousIndex: -1,
    previousTerm: 0,
    entries: [
      { index: 0, term: 1, body: new Uint8Array(0) },
      { index: 1, term: 4, body: Uint8Array.of(1, 2, 3) },
      {
        index: 2,
        term: 4,
        body: new Uint8Array(0),
        configuration: [
          { id: 'n0', address: 'c1:9876', votes: true },
          { id: 'n3', address: '', votes: false },
        ],
      },
    ],
    commitIndex: -1,
    readRound: 9,
    toVoter: false,
  },
  {
    kind: 'append-answer',
    ...envelope,
    accepted: false,
    index: 7,
    conflictTerm: 3,
    conflictIndex: 2,
    readRound: 9,
  },
];

describe('a Raft message as bytes', () => {
  for (const message of messages) {
    it(`${message.kind} comes back as it was`, () => {
      assert.deepEqual(decodeRaftMessage(encodeRaftMessage(message), 'n0', 'n1'), message);
    });

    it(`${message.kind} is refused when it is cut or has bytes too many`, () => {
      const bytes = encodeRaftMessage(message);
      for (let length = 0; length < bytes.length; length += 1) {
        assert.throws(() => decodeRaftMessage(bytes.subarray(0, length), 'n0', 'n1'), RaftMessageError);
      }
      assert.throws(() => decodeRaftMessage(Buffer.concat([bytes, bytes]), 'n0', 'n1'), RaftMessageError);
    });
  }

  it('names the version and the kind it does not know', () => {
    const bytes = Uint8Array.from(encodeRaftMessage({ kind: 'vote-answer', ...envelope, granted: true }));
    bytes[1] = 77;
    assert.throws(() => decodeRaftMessage(bytes, 'n0', 'n1'), /got number 77/);
    bytes[0] = 1;
    assert.throws(() => decodeRaftMessage(bytes, 'n0', 'n1'), /wanted a Raft message of version 2, got 1/);
  });

  it('refuses a term that could not be counted up any more', () => {
    const bytes = Uint8Array.from(encodeRaftMessage({ kind: 'vote-answer', ...envelope, granted: true }));
    bytes[2] = 0x40;
    assert.throws(() => decodeRaftMessage(bytes, 'n0', 'n1'), /wanted a number below 2\^53/);
  });
});
