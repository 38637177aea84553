/** All that a Raft core knows: plain data, so a test or an explorer can copy it, print it and compare it. */
import assert from 'node:assert/strict';
import { configurationsOf, type PlacedConfiguration } from './membership.ts';
import type { RaftEffect } from './raft-effect.ts';
import type { RaftEntry, RaftMessage } from './raft-message.ts';

export type RaftRole = 'follower' | 'pre-candidate' | 'candidate' | 'leader';

export interface RaftConfig {
  readonly selfId: string;
  /** The voters that the group began with; once its log holds a configuration, that one counts. A member that is not among them waits to be added. */
  readonly memberIds: readonly string[];
  /** Of these, for configurations. */
  readonly addresses?: ReadonlyMap<string, string>;
  readonly heartbeatTicks: number;
  /** The shortest silence of a leader that lets an election begin; each wait is drawn from [electionTicks, 2 * electionTicks). */
  readonly electionTicks: number;
  /** Entries in one append request; one that is longer goes alone. */
  readonly appendBytesMax: number;
  /** Append requests with entries that one follower has not answered yet. */
  readonly inFlightRequestsMax: number;
  /** Seeded bug vote-by-node-term: a candidate's log counts as new as its term, however old its last entry is (B60). */
  readonly votesByNodeTerm?: boolean;
  /** Seeded bug: a leader changes the group before it has committed an entry of its term (B89). */
  readonly changesTooEarly?: boolean;
}

/** What survived on disk. */
export interface RestoredState {
  readonly term: number;
  readonly vote: string | undefined;
  readonly entries: readonly RaftEntry[];
}

/** What a leader knows of one follower. */
export interface FollowerProgress {
  /** Durable there and equal to ours. */
  matchIndex: number;
  nextIndex: number;
  /** probe: the common end is not known, only empty requests go out. replicate: entries go out without waiting for answers. */
  mode: 'probe' | 'replicate';
  /** The last index of each unanswered request with entries. */
  inFlight: number[];
  silentTicks: number;
  confirmedReadRound: number;
}

export interface RaftState {
  term: number;
  vote: string | undefined;
  /** entries[i].index === i. */
  readonly entries: RaftEntry[];
  /** Along the log, the one that counts last. */
  readonly configurations: PlacedConfiguration[];
  role: RaftRole;
  leaderId: string | undefined;
  commitIndex: number;
  /** Handed over by an apply effect. */
  appliedIndex: number;
  electionElapsedTicks: number;
  /** Drawn when the shortest timeout has passed. */
  electionDeadlineTicks: number | undefined;
  heartbeatElapsedTicks: number;
  readonly votes: Map<string, boolean>;
  readonly progress: Map<string, FollowerProgress>;

  /** Entries up to here are durable at this node. */
  persistedIndex: number;
  persistSequence: number;
  persistedSequence: number;
  /** The latest persist of term and vote. */
  hardStateSequence: number;
  /** Entry writes under way, and up to which index each will have made the present log durable. */
  readonly entryWrites: { readonly sequence: number; endIndex: number }[];
  readonly heldMessages: { readonly afterSequence: number; readonly message: RaftMessage }[];

  readRound: number;
  /** Reads of the round under way. */
  readonly roundReads: { readonly readId: number; readonly index: number }[];
  /** Reads that wait for the next round. */
  readonly waitingReads: number[];
}

/** What the functions of this folder work on: one step of one node. */
export interface RaftNode {
  readonly config: RaftConfig;
  readonly state: RaftState;
  effects: RaftEffect[];
}

/** The configuration that counts: the last one of the log, committed or not. */
export function activeConfiguration(state: Readonly<RaftState>): PlacedConfiguration {
  const active = state.configurations.at(-1);
  assert(active !== undefined);
  return active;
}

export function quorumSize(state: Readonly<RaftState>): number {
  return Math.floor(activeConfiguration(state).voterIds.length / 2) + 1;
}

/** How many voters satisfy this; self among them, if it votes. */
export function countVoters(
  { config, state }: RaftNode,
  selfCounts: boolean,
  counts: (progress: FollowerProgress) => boolean,
): number {
  let count = 0;
  for (const id of activeConfiguration(state).voterIds) {
    const progress = state.progress.get(id);
    if (id === config.selfId ? selfCounts : progress !== undefined && counts(progress)) count += 1;
  }
  return count;
}

/** Nobody else is needed for anything. */
export function isOnlyVoter({ config, state }: RaftNode): boolean {
  const { voterIds } = activeConfiguration(state);
  return voterIds.length === 1 && voterIds[0] === config.selfId;
}

/**
 * Nothing was ever promised from this disk, or it is lost: term 0 is left with the first vote and never comes back. Such a member helps to
 * found a group and to nothing else; a leader that counts on it finds it silent, so what was promised under its id cannot be unsaid.
 */
export function isBlank(state: Readonly<RaftState>): boolean {
  return state.term === 0;
}

export function restoredState(config: RaftConfig, restored: RestoredState): RaftState {
  assertConfig(config);
  restored.entries.forEach((entry, index) => {
    assert(entry.index === index, `entry ${entry.index} was restored at place ${index}`);
  });
  const lastTerm = restored.entries.at(-1)?.term ?? 0;
  assert(
    lastTerm <= restored.term,
    `the log ends in term ${lastTerm}, but the restored term is ${restored.term}`,
  );
  return {
    term: restored.term,
    vote: restored.vote,
    entries: [...restored.entries],
    configurations: configurationsOf(
      config.memberIds.map((id) => ({ id, address: config.addresses?.get(id) ?? '', votes: true })),
      restored.entries,
    ),
    role: 'follower',
    leaderId: undefined,
    commitIndex: -1,
    appliedIndex: -1,
    // A group that starts need not wait a whole timeout for a first leader; pre-vote keeps a living leader safe from the haste.
    electionElapsedTicks: config.electionTicks - Math.ceil(config.electionTicks / 3),
    electionDeadlineTicks: undefined,
    heartbeatElapsedTicks: 0,
    votes: new Map(),
    progress: new Map(),
    persistedIndex: restored.entries.length - 1,
    persistSequence: 0,
    persistedSequence: 0,
    hardStateSequence: 0,
    entryWrites: [],
    heldMessages: [],
    readRound: 0,
    roundReads: [],
    waitingReads: [],
  };
}

function assertConfig(config: RaftConfig): void {
  assert(config.memberIds.length > 0, 'the group begins with nobody');
  assert(new Set(config.memberIds).size === config.memberIds.length, 'a member is named twice');
  assert(
    config.heartbeatTicks >= 1 && config.electionTicks >= config.heartbeatTicks,
    'at least one heartbeat must fit into an election timeout',
  );
}
