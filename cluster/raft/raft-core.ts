/**
 * Raft as a state machine: one input in, effects out, no promise, no clock and no luck of its own. The caller's duties are few: perform
 * the effects of each step in order; say `persisted` when a persist is durable, never before; tick at an even pace.
 */
import assert from 'node:assert/strict';
import { onChange } from './change.ts';
import { applyCommitted } from './commit.ts';
import {
  answerVote,
  isFounding,
  isLeaderFresh,
  onElectionTick,
  onPreVoteAnswer,
  onPreVoteRequest,
  onVoteAnswer,
  onVoteRequest,
} from './election.ts';
import { onAppendRequest, refuseStaleAppend } from './follow.ts';
import { commitAndTell, onAppendAnswer, onLeaderTick, onPropose } from './lead.ts';
import { notePersisted } from './persistence.ts';
import type { RaftEffect } from './raft-effect.ts';
import type { RaftInput } from './raft-input.ts';
import type { RaftMessage } from './raft-message.ts';
import {
  activeConfiguration,
  isBlank,
  type RaftConfig,
  type RaftNode,
  type RaftState,
  type RestoredState,
  restoredState,
} from './raft-state.ts';
import { onRead } from './read-index.ts';
import { becomeFollower } from './role.ts';

export class RaftCore {
  readonly #node: RaftNode;

  constructor(config: RaftConfig, restored: RestoredState) {
    this.#node = { config, state: restoredState(config, restored), effects: [] };
  }

  /** For looking, not for touching. */
  get state(): Readonly<RaftState> {
    return this.#node.state;
  }

  /** Throws an AssertionError when an invariant is broken; the node must not go on then. */
  step(input: RaftInput): readonly RaftEffect[] {
    return stepRaft(this.#node, input);
  }
}

/** RaftCore without the class: for whoever keeps the states of many nodes himself. */
export function stepRaft(node: RaftNode, input: RaftInput): readonly RaftEffect[] {
  const { state } = node;
  const { role, term, leaderId, commitIndex } = state;
  const configuration = activeConfiguration(state);
  node.effects = [];
  switch (input.kind) {
    case 'tick':
      if (state.role === 'leader') onLeaderTick(node);
      else onElectionTick(node, input.luck);
      break;
    case 'message':
      receive(node, input.message);
      break;
    case 'propose':
      onPropose(node, input.bodies);
      break;
    case 'change':
      onChange(node, input.change);
      break;
    case 'read':
      onRead(node, input.readId);
      break;
    case 'persisted':
      onPersisted(node, input.sequence);
      break;
  }
  applyCommitted(node);
  assert(state.appliedIndex <= state.commitIndex && state.commitIndex < state.entries.length);
  const active = activeConfiguration(state);
  const isNewlyCommitted = commitIndex < active.index && active.index <= state.commitIndex;
  if (active !== configuration || isNewlyCommitted) {
    const { index, peers } = active;
    node.effects.push({ kind: 'configuration', index, peers, isCommitted: index <= state.commitIndex });
  }
  if (state.role !== role || state.term !== term || state.leaderId !== leaderId) {
    node.effects.push({ kind: 'role', role: state.role, term: state.term, leaderId: state.leaderId });
  }
  return node.effects;
}

function onPersisted(node: RaftNode, sequence: number): void {
  for (const message of notePersisted(node, sequence)) {
    if (message.to === message.from) receive(node, message);
    else node.effects.push({ kind: 'send', message });
  }
  if (node.state.role === 'leader') commitAndTell(node);
}

function receive(node: RaftNode, message: RaftMessage): void {
  const { config, state } = node;
  // Who asks may be a member that this one does not know yet.
  if (message.to !== config.selfId) return;
  if (isBlank(state) && !concernsBlank(message)) {
    if (message.kind === 'append-request') node.effects.push({ kind: 'wiped', leaderId: message.from });
    return;
  }
  if (message.kind === 'pre-vote-request') {
    onPreVoteRequest(node, message);
    return;
  }
  if (message.term > state.term) {
    // Whoever asks behind the back of a living leader gets no answer, and its term is not taken over.
    if (message.kind === 'vote-request' && isLeaderFresh(node)) return;
    const isHope = message.kind === 'pre-vote-answer' && message.granted;
    if (!isHope) becomeFollower(node, message.term, undefined);
  }
  if (message.term < state.term) {
    if (message.kind === 'append-request') refuseStaleAppend(node, message);
    if (message.kind === 'vote-request') answerVote(node, 'vote-answer', message.from, state.term, false);
    return;
  }
  receiveOfPresentTerm(node, message);
}

/** What a member with nothing on its disk takes part in: founding a group, and learning. Anything else would open a term, and it would no longer be known for blank. */
function concernsBlank(message: RaftMessage): boolean {
  switch (message.kind) {
    case 'pre-vote-request':
      return true;
    case 'pre-vote-answer':
      return message.granted;
    case 'vote-request':
      return isFounding(message);
    case 'append-request':
      return !message.toVoter;
    default:
      return false;
  }
}

function receiveOfPresentTerm(node: RaftNode, message: RaftMessage): void {
  switch (message.kind) {
    case 'vote-request':
      onVoteRequest(node, message);
      break;
    case 'vote-answer':
      onVoteAnswer(node, message);
      break;
    case 'pre-vote-request':
      onPreVoteRequest(node, message);
      break;
    case 'pre-vote-answer':
      onPreVoteAnswer(node, message);
      break;
    case 'append-request':
      onAppendRequest(node, message);
      break;
    case 'append-answer':
      onAppendAnswer(node, message);
      break;
  }
}
