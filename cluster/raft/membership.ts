/**
 * Who belongs to the group (Raft thesis, chapter 4): one member at a time comes, is promoted or goes, by an entry of the log that counts
 * from the moment it is appended. Who comes in learns first and votes only after a promotion, when it has caught up.
 */
import type { RaftEntry } from './raft-message.ts';

export interface RaftPeer {
  readonly id: string;
  /** Where the others find it; nothing to this folder. */
  readonly address: string;
  /** False: a learner. It is sent the log, and neither votes nor counts. */
  readonly votes: boolean;
}

export type RaftConfiguration = readonly RaftPeer[];

/** A configuration and its place in the log; -1 is the one that the group began with. */
export interface PlacedConfiguration {
  readonly index: number;
  readonly peers: RaftConfiguration;
  readonly voterIds: readonly string[];
}

export type MembershipChange =
  | { readonly kind: 'add-learner'; readonly id: string; readonly address: string }
  | { readonly kind: 'promote'; readonly id: string }
  | { readonly kind: 'remove'; readonly id: string };

export type ChangeRefusal =
  | 'not-leader'
  /** No entry of this term is committed yet: the last leader may have begun another change (Ongaro, 2015; HOLES.md B89). */
  | 'too-early'
  | 'change-under-way'
  | 'already-a-member'
  | 'not-a-member'
  | 'not-a-learner'
  | 'not-caught-up'
  | 'last-voter';

export function placed(index: number, peers: RaftConfiguration): PlacedConfiguration {
  return { index, peers, voterIds: peers.filter(({ votes }) => votes).map(({ id }) => id) };
}

/** The configurations along a log. */
export function configurationsOf(
  initial: RaftConfiguration,
  entries: readonly RaftEntry[],
): PlacedConfiguration[] {
  const found = [placed(-1, initial)];
  for (const { index, configuration } of entries)
    if (configuration !== undefined) found.push(placed(index, configuration));
  return found;
}

/** What becomes of it, or why it may not be. */
export function changed(
  peers: RaftConfiguration,
  change: MembershipChange,
): RaftConfiguration | ChangeRefusal {
  const peer = peers.find(({ id }) => id === change.id);
  if (change.kind === 'add-learner') {
    if (peer !== undefined) return 'already-a-member';
    return [...peers, { id: change.id, address: change.address, votes: false }];
  }
  if (peer === undefined) return 'not-a-member';
  if (change.kind === 'promote') {
    if (peer.votes) return 'not-a-learner';
    return peers.map((each) => (each === peer ? { ...each, votes: true } : each));
  }
  if (peer.votes && peers.filter(({ votes }) => votes).length === 1) return 'last-voter';
  return peers.filter((each) => each !== peer);
}

export function describeConfiguration(peers: RaftConfiguration): string {
  const names = (votes: boolean): string =>
    peers
      .filter((peer) => peer.votes === votes)
      .map(({ id }) => id)
      .join(' ');
  const learners = names(false);
  return `voters ${names(true)}${learners === '' ? '' : ` learners ${learners}`}`;
}
