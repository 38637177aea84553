/** The leader: its first entry, proposals, answers of followers, heartbeats, and stepping down in silence. */
import assert from 'node:assert/strict';
import { advanceCommit } from './commit.ts';
import type { RaftConfiguration } from './membership.ts';
import { writeEntries } from './persistence.ts';
import { lastIndex, lastIndexOfTerm } from './raft-log.ts';
import type { AppendAnswer } from './raft-message.ts';
import {
  activeConfiguration,
  countVoters,
  type FollowerProgress,
  quorumSize,
  type RaftNode,
} from './raft-state.ts';
import { confirmReads, startReadRound } from './read-index.ts';
import { replicateTo, replicateToAll } from './replicate.ts';
import { becomeFollower } from './role.ts';

export function becomeLeader(node: RaftNode): void {
  const { config, state } = node;
  assert(state.role === 'candidate', `a ${state.role} cannot become leader`);
  state.role = 'leader';
  state.leaderId = config.selfId;
  state.heartbeatElapsedTicks = 0;
  state.readRound = 0;
  state.progress.clear();
  followNewcomers(node);
  append(node, [new Uint8Array(0)]);
}

/** Everybody in the configuration that counts gets the log. Who was removed goes on to get it until that is committed, to hear of it. */
function followNewcomers({ config, state }: RaftNode): void {
  for (const { id } of activeConfiguration(state).peers) {
    if (id === config.selfId || state.progress.has(id)) continue;
    state.progress.set(id, {
      matchIndex: -1,
      nextIndex: state.entries.length,
      // Hopeful: mostly the logs agree, and a refusal costs one round.
      mode: 'replicate',
      inFlight: [],
      silentTicks: 0,
      confirmedReadRound: 0,
    });
  }
}

export function appendConfiguration(node: RaftNode, configuration: RaftConfiguration): void {
  const { state } = node;
  const index = state.entries.length;
  writeEntries(node, index, [{ index, term: state.term, body: new Uint8Array(0), configuration }]);
  followNewcomers(node);
  replicateToAll(node, false);
}

export function onPropose(node: RaftNode, bodies: readonly Uint8Array[]): void {
  const { state, effects } = node;
  if (state.role !== 'leader') {
    effects.push({ kind: 'proposal-refused', leaderId: state.leaderId });
    return;
  }
  effects.push({
    kind: 'proposed',
    firstIndex: state.entries.length,
    term: state.term,
    count: bodies.length,
  });
  append(node, bodies);
}

function append(node: RaftNode, bodies: readonly Uint8Array[]): void {
  const { state } = node;
  const firstIndex = state.entries.length;
  const entries = bodies.map((body, place) => ({ index: firstIndex + place, term: state.term, body }));
  writeEntries(node, firstIndex, entries);
  // Followers write while this node writes; it counts itself only when told that its own write is durable.
  replicateToAll(node, false);
}

/** After anything that can move the commit index. */
export function commitAndTell(node: RaftNode): void {
  if (!advanceCommit(node)) return;
  replicateToAll(node, true);
  if (activeConfiguration(node.state).index <= node.state.commitIndex) leaveRemoved(node);
  if (node.state.role === 'leader') startReadRound(node);
}

/** The removal is committed, and all were told. A leader that removed itself has led up to here only to bring that about. */
function leaveRemoved(node: RaftNode): void {
  const { config, state } = node;
  const { peers, voterIds } = activeConfiguration(state);
  for (const id of [...state.progress.keys()])
    if (!peers.some((peer) => peer.id === id)) state.progress.delete(id);
  if (!voterIds.includes(config.selfId)) becomeFollower(node, state.term, undefined);
}

export function onAppendAnswer(node: RaftNode, answer: AppendAnswer): void {
  const progress = node.state.progress.get(answer.from);
  if (node.state.role !== 'leader' || progress === undefined) return;
  progress.silentTicks = 0;
  // A refusal confirms a read round too: the follower looked at its log because it follows this term.
  progress.confirmedReadRound = Math.max(progress.confirmedReadRound, answer.readRound);
  confirmReads(node);
  if (answer.accepted) onAccepted(node, progress, answer);
  else onRefused(node, progress, answer);
}

function onAccepted(node: RaftNode, progress: FollowerProgress, answer: AppendAnswer): void {
  const { state } = node;
  assert(
    answer.index <= lastIndex(state.entries),
    `${answer.from} says that it holds our entry ${answer.index}, but our last one is ${lastIndex(state.entries)}`,
  );
  progress.matchIndex = Math.max(progress.matchIndex, answer.index);
  if (progress.mode === 'probe') {
    progress.mode = 'replicate';
    progress.nextIndex = answer.index + 1;
  } else {
    progress.nextIndex = Math.max(progress.nextIndex, progress.matchIndex + 1);
    while ((progress.inFlight[0] ?? Number.POSITIVE_INFINITY) <= progress.matchIndex)
      progress.inFlight.shift();
  }
  commitAndTell(node);
  if (state.progress.get(answer.from) === progress) replicateTo(node, answer.from, progress, false);
}

function onRefused(node: RaftNode, progress: FollowerProgress, answer: AppendAnswer): void {
  const outdated =
    progress.mode === 'probe' ? answer.index !== progress.nextIndex - 1 : answer.index < progress.matchIndex;
  if (outdated) return;
  const { entries } = node.state;
  // A learner may have lost its disk: it is to be promoted by what it holds now.
  const isLearner = !activeConfiguration(node.state).voterIds.includes(answer.from);
  if (isLearner) progress.matchIndex = Math.min(progress.matchIndex, answer.conflictIndex - 1);
  // One round per conflicting term, not per entry: go back to our last entry of the follower's term, else before its first one.
  const lastOfTerm =
    answer.conflictTerm === 0 ? undefined : lastIndexOfTerm(entries, answer.conflictTerm, answer.index);
  const nextIndex = lastOfTerm === undefined ? answer.conflictIndex : lastOfTerm + 1;
  progress.mode = 'probe';
  progress.inFlight.length = 0;
  progress.nextIndex = Math.max(0, Math.min(nextIndex, answer.index));
  replicateTo(node, answer.from, progress, true);
}

export function onLeaderTick(node: RaftNode): void {
  const { config, state } = node;
  for (const progress of state.progress.values()) progress.silentTicks += 1;
  const heard = countVoters(node, true, ({ silentTicks }) => silentTicks < config.electionTicks);
  if (heard < quorumSize(state)) {
    // Check-quorum: those we do not hear may have another leader already; nobody shall be kept waiting here.
    becomeFollower(node, state.term, undefined);
    return;
  }
  state.heartbeatElapsedTicks += 1;
  if (state.heartbeatElapsedTicks < config.heartbeatTicks) return;
  state.heartbeatElapsedTicks = 0;
  replicateToAll(node, true);
}
