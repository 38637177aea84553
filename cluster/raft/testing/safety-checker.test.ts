import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RaftEffect } from '../raft-effect.ts';
import type { RaftEntry } from '../raft-message.ts';
import { type RaftState, restoredState } from '../raft-state.ts';
import { SafetyChecker, type WatchedMember } from './safety-checker.ts';

const body = Uint8Array.of(1);

function log(...terms: readonly number[]): RaftEntry[] {
  return terms.map((term, index) => ({ index, term, body }));
}

interface Scripted extends WatchedMember {
  state: RaftState;
}

/** Three members, each with this log in memory and on disk. */
function scene(entries: readonly RaftEntry[], term: number): { checker: SafetyChecker; members: Scripted[] } {
  const ids = ['a', 'b', 'c'];
  const members = ids.map((selfId) => {
    const limits = { heartbeatTicks: 1, electionTicks: 2, appendBytesMax: 1, inFlightRequestsMax: 1 };
    const durable = { term, vote: undefined, entries: [...entries] };
    return { id: selfId, durable, state: restoredState({ selfId, memberIds: ids, ...limits }, durable) };
  });
  const checker = new SafetyChecker(members);
  for (const id of ids) checker.lifeBegins(id);
  return { checker, members };
}

function at(members: readonly Scripted[], place: number): Scripted {
  const member = members[place];
  assert(member !== undefined);
  return member;
}

const leads: RaftEffect = { kind: 'role', role: 'leader', term: 1, leaderId: 'a' };

function applies(entries: readonly RaftEntry[]): RaftEffect {
  return { kind: 'apply', entries };
}

function votes(from: string, to: string, term: number): RaftEffect {
  return { kind: 'send', message: { kind: 'vote-answer', from, to, term, granted: true } };
}

function accepts(index: number, term: number): RaftEffect {
  const answer = {
    from: 'a',
    to: 'b',
    term,
    accepted: true,
    index,
    conflictTerm: 0,
    conflictIndex: 0,
    readRound: 0,
  };
  return { kind: 'send', message: { kind: 'append-answer', ...answer } };
}

function writes(firstIndex: number, entries: readonly RaftEntry[]): RaftEffect {
  return { kind: 'persist', sequence: 1, what: 'entries', firstIndex, entries };
}

describe('the safety checker', () => {
  it('accepts one leader, one vote, one log', () => {
    const { checker, members } = scene(log(1, 1), 1);
    const a = at(members, 0);
    checker.observe(a, [leads, votes('a', 'a', 1), votes('a', 'a', 1), accepts(1, 1), applies(log(1, 1))]);
    checker.readInvoked(1);
    checker.observe(a, [{ kind: 'read-ready', readId: 1, index: 1 }]);
    checker.observe(at(members, 1), [writes(1, log(1, 1).slice(1)), applies(log(1, 1))]);
    assert.equal(checker.committedCount, 2);
    assert.equal(checker.readsChecked, 1);
  });

  it('refuses two leaders of one term', () => {
    const { checker, members } = scene(log(1), 1);
    checker.observe(at(members, 0), [leads]);
    assert.throws(() => checker.observe(at(members, 1), [leads]), /election safety: a and b lead term 1/);
  });

  it('refuses two votes in one term', () => {
    const { checker, members } = scene(log(1), 1);
    const c = at(members, 2);
    checker.observe(c, [votes('c', 'a', 1)]);
    assert.throws(() => checker.observe(c, [votes('c', 'b', 1)]), /one vote: c votes for a and b in term 1/);
  });

  it('refuses an answer in a term that is not on disk', () => {
    const { checker, members } = scene(log(1), 1);
    assert.throws(() => checker.observe(at(members, 0), [votes('a', 'b', 2)]), /its disk knows 1/);
  });

  it('refuses an acknowledgement of what is not on disk', () => {
    const { checker, members } = scene(log(1), 1);
    assert.throws(
      () => checker.observe(at(members, 0), [accepts(1, 1)]),
      /acknowledges entry 1 before it is durable/,
    );
  });

  it('refuses two entries of one index and term, and one behind two different ones', () => {
    const first = scene(log(1, 2), 2);
    first.checker.observe(at(first.members, 0), [writes(1, log(1, 2).slice(1))]);
    const other = [{ index: 1, term: 2, body: Uint8Array.of(2) }];
    assert.throws(() => first.checker.observe(at(first.members, 1), [writes(1, other)]), /log matching: b/);

    const second = scene(log(1, 2), 2);
    second.checker.observe(at(second.members, 0), [writes(0, log(1, 2))]);
    assert.throws(
      () => second.checker.observe(at(second.members, 1), [writes(0, log(2, 2))]),
      /log matching: b/,
    );
  });

  it('refuses a later leader that lacks a committed entry', () => {
    const { checker, members } = scene(log(1, 1), 1);
    checker.observe(at(members, 0), [applies(log(1, 1))]);
    const b = at(members, 1);
    b.state = { ...b.state, term: 2, entries: log(1) };
    assert.throws(() => checker.observe(b, [leads]), /leader completeness: b leads term 2 without entry 1/);
  });

  it('refuses a commit that only one disk holds', () => {
    const { checker, members } = scene([], 1);
    assert.throws(() => checker.observe(at(members, 0), [applies(log(1))]), /only 0 disks hold it/);
  });

  it('refuses two machines that differ, and one that leaves an entry out', () => {
    const { checker, members } = scene(log(1, 1), 1);
    checker.observe(at(members, 0), [applies(log(1, 1))]);
    assert.throws(() => checker.observe(at(members, 1), [applies(log(2))]), /state machine safety: b/);
    assert.throws(
      () => checker.observe(at(members, 2), [applies(log(1, 1).slice(1))]),
      /c applies out of order/,
    );
  });

  it('refuses a read that is older than an answer before it', () => {
    const { checker, members } = scene(log(1, 1), 1);
    checker.observe(at(members, 0), [applies(log(1, 1))]);
    checker.readInvoked(7);
    const stale: RaftEffect = { kind: 'read-ready', readId: 7, index: 0 };
    assert.throws(() => checker.observe(at(members, 1), [stale]), /a read of entry 0 began when entry 1/);
  });
});
