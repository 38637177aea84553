/** What a DLedger member is told at its start, and what it needs around it. */
import type { RaftConfig } from '../raft/raft-state.ts';
import type { SeededBug } from '../runtime/seeded-bug.ts';

export interface DLedgerOptions {
  readonly group: string;
  readonly selfId: string;
  /** The members that the group began with, by id, and this one; the addresses are for the transport. */
  readonly peers: ReadonlyMap<string, string>;
  /** This member is not one of those that the group began with: it waits to be added, and its log tells it the group. */
  readonly joins?: boolean;
  /** The member keeps its files in the folder dledger-<selfId> in it. */
  readonly storePath: string;
  /** 100. */
  readonly heartbeatIntervalMs?: number;
  /** 600: the shortest silence of a leader before an election; each member waits up to twice as long. */
  readonly electionTimeoutMs?: number;
}

/** Carries messages between members: any may be lost, repeated, late or out of order. */
export interface DLedgerTransport {
  send(peerId: string, bytes: Uint8Array): void;
  onMessage(listener: (fromPeerId: string, bytes: Uint8Array) => void): void;
  /** Where the peers of another configuration are, besides those that it knows. */
  addPeers(addresses: ReadonlyMap<string, string>): void;
}

/** Deterministic: every member applies the same entries in the same order, from index 0 on at each start. */
export interface DLedgerMachine {
  apply(entry: { readonly index: number; readonly term: number; readonly body: Uint8Array }): unknown;
}

export const proposalBytesMax = 4 * 1024 * 1024;
export const pendingProposalsMax = 10_000;

/** Two ticks per heartbeat: fine enough to spread elections, coarse enough to cost nothing. */
export function tickIntervalMs(options: DLedgerOptions): number {
  return (options.heartbeatIntervalMs ?? 100) / 2;
}

export function raftConfig(options: DLedgerOptions, seededBugs: ReadonlySet<SeededBug>): RaftConfig {
  return {
    selfId: options.selfId,
    memberIds:
      options.joins === true
        ? [...options.peers.keys()].filter((id) => id !== options.selfId)
        : [...new Set([...options.peers.keys(), options.selfId])],
    addresses: options.peers,
    heartbeatTicks: 2,
    electionTicks: Math.max(2, Math.round((options.electionTimeoutMs ?? 600) / tickIntervalMs(options))),
    appendBytesMax: 64 * 1024,
    inFlightRequestsMax: 64,
    votesByNodeTerm: seededBugs.has('vote-by-node-term'),
  };
}
