/** The leader's append requests: entries, heartbeats, probes and news of commits are all the same message. */
import { lastIndex, sliceByBytes, termAt } from './raft-log.ts';
import type { RaftEntry } from './raft-message.ts';
import { activeConfiguration, type FollowerProgress, type RaftNode } from './raft-state.ts';

/** `evenEmpty`: the followers shall hear from us although there may be no entries for them. */
export function replicateToAll(node: RaftNode, evenEmpty: boolean): void {
  for (const [followerId, progress] of node.state.progress)
    replicateTo(node, followerId, progress, evenEmpty);
}

export function replicateTo(
  node: RaftNode,
  followerId: string,
  progress: FollowerProgress,
  evenEmpty: boolean,
): void {
  const { config, state } = node;
  let sent = false;
  while (
    progress.mode === 'replicate' &&
    progress.nextIndex <= lastIndex(state.entries) &&
    progress.inFlight.length < config.inFlightRequestsMax
  ) {
    const entries = sliceByBytes(state.entries, progress.nextIndex, config.appendBytesMax);
    sendAppend(node, followerId, progress.nextIndex, entries);
    progress.nextIndex += entries.length;
    progress.inFlight.push(progress.nextIndex - 1);
    sent = true;
  }
  // The previousIndex of an empty request tells a follower that it missed something: its refusal is how loss is noticed.
  if (!sent && evenEmpty) sendAppend(node, followerId, progress.nextIndex, []);
}

function sendAppend(
  { config, state, effects }: RaftNode,
  to: string,
  firstIndex: number,
  entries: readonly RaftEntry[],
): void {
  effects.push({
    kind: 'send',
    message: {
      kind: 'append-request',
      from: config.selfId,
      to,
      term: state.term,
      previousIndex: firstIndex - 1,
      previousTerm: termAt(state.entries, firstIndex - 1) ?? 0,
      entries,
      commitIndex: state.commitIndex,
      readRound: state.readRound,
      // Who is being removed is still counted on, should the removal not come about.
      toVoter: !activeConfiguration(state).peers.some(({ id, votes }) => id === to && !votes),
    },
  });
}
