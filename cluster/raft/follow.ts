/** The follower's side of an append request of the present term. */
import assert from 'node:assert/strict';
import { sendAfter, writeEntries } from './persistence.ts';
import { firstIndexOfTermAt, lastIndex, termAt } from './raft-log.ts';
import type { AppendAnswer, AppendRequest } from './raft-message.ts';
import type { RaftNode } from './raft-state.ts';
import { becomeFollower, restartElectionTimer } from './role.ts';

export function onAppendRequest(node: RaftNode, request: AppendRequest): void {
  const { state } = node;
  assert(
    state.role !== 'leader' && (state.leaderId === undefined || state.leaderId === request.from),
    `${request.from} and ${state.leaderId} both lead term ${state.term}`,
  );
  if (state.role !== 'follower' || state.leaderId === undefined)
    becomeFollower(node, state.term, request.from);
  restartElectionTimer(node);

  const foundTerm = termAt(state.entries, request.previousIndex);
  if (foundTerm !== request.previousTerm) {
    sendAfter(node, state.hardStateSequence, refusal(node, request, foundTerm));
    return;
  }
  const sequenceBefore = state.persistSequence;
  takeEntries(node, request);
  const verifiedIndex = request.previousIndex + request.entries.length;
  // Only what was compared with this leader's log may be taken for committed (B63).
  state.commitIndex = Math.max(state.commitIndex, Math.min(request.commitIndex, verifiedIndex));
  const wrote = state.persistSequence > sequenceBefore;
  // A request that brought nothing new is answered at once with what is durable: a slow disk does not look like a dead follower.
  const index = wrote ? verifiedIndex : Math.min(verifiedIndex, state.persistedIndex);
  const afterSequence = wrote ? state.persistSequence : state.hardStateSequence;
  sendAfter(node, afterSequence, { ...answerTo(node, request), accepted: true, index });
}

function takeEntries(node: RaftNode, request: AppendRequest): void {
  const { entries } = node.state;
  // Cut only at a true conflict: a late or repeated request must not take away what came after it.
  const firstNew = request.entries.findIndex((entry) => termAt(entries, entry.index) !== entry.term);
  if (firstNew === -1) return;
  writeEntries(node, request.previousIndex + 1 + firstNew, request.entries.slice(firstNew));
}

function refusal(node: RaftNode, request: AppendRequest, foundTerm: number | undefined): AppendAnswer {
  const { entries, commitIndex } = node.state;
  const answer = { ...answerTo(node, request), accepted: false, index: request.previousIndex };
  if (foundTerm === undefined) return { ...answer, conflictIndex: lastIndex(entries) + 1 };
  assert(
    request.previousIndex > commitIndex,
    `${request.from} has term ${request.previousTerm} at the committed entry ${request.previousIndex} of term ${foundTerm}`,
  );
  const conflictIndex = Math.max(firstIndexOfTermAt(entries, request.previousIndex), commitIndex + 1);
  return { ...answer, conflictTerm: foundTerm, conflictIndex };
}

function answerTo({ config, state }: RaftNode, request: AppendRequest) {
  return {
    kind: 'append-answer',
    from: config.selfId,
    to: request.from,
    term: state.term,
    conflictTerm: 0,
    conflictIndex: 0,
    readRound: request.readRound,
  } as const;
}

/** To a leader of a finished term: our term is all it needs to step down (without it a node with a newer term stays out for ever, B64). */
export function refuseStaleAppend(node: RaftNode, request: AppendRequest): void {
  sendAfter(node, node.state.hardStateSequence, {
    ...answerTo(node, request),
    accepted: false,
    index: request.previousIndex,
  });
}
