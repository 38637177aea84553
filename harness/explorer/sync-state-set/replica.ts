/** One broker as the explorer keeps it: its log of small records, what it has promised, its role. Plain data. */
import type { AckTableRow } from '../../../cluster/ha/ack-table.ts';
import type { EpochEntry, EpochList } from '../../../cluster/ha/epoch-list.ts';
import type { TrackerSnapshot } from '../../../cluster/ha/sync-state-set-tracker.ts';

/** What the master of one epoch knows, beside its log. */
export interface MasterPart {
  readonly tracker: TrackerSnapshot;
  readonly acks: readonly (readonly [brokerId: number, row: Readonly<AckTableRow>])[];
  /** The life in which each member has shown that it has all that is confirmed. */
  readonly vouched: readonly (readonly [brokerId: number, incarnation: string])[];
  /** Ends of the writes that wait for their acknowledgement. */
  readonly waiting: readonly number[];
  readonly nextConnectionId: number;
  readonly proposalToken: number;
}

export type ReplicaRole =
  | { readonly kind: 'fenced' }
  | { readonly kind: 'slave'; readonly masterEpoch: number; readonly masterBrokerId: number }
  | {
      readonly kind: 'master';
      readonly masterEpoch: number;
      readonly syncStateSetEpoch: number;
      readonly part: MasterPart;
    };

export interface Replica {
  readonly brokerId: number;
  /** Message numbers; every record is one byte long, so places are offsets. All of it is durable. */
  readonly log: readonly number[];
  readonly epochs: EpochList;
  readonly confirmOffset: number;
  readonly roleEpoch: number;
  readonly roleMasterBrokerId: number;
  readonly ownEpoch: number;
  readonly life: number;
  /** The masterEpoch when this life registered; -1 before that. */
  readonly epochAtRegistration: number;
  readonly role: ReplicaRole;
}

/** A frame on its way: one record, under the label of its epoch. */
export interface Frame {
  readonly offset: number;
  readonly message: number;
  readonly epoch: number;
  readonly epochStartOffset: number;
  readonly confirmOffset: number;
}

/** The newest connection of a slave to its master: bytes arrive in order, late, or not at all. */
export interface Link {
  readonly masterBrokerId: number;
  readonly masterEpoch: number;
  readonly connectionId: number;
  /** The master's answer to the handshake, until the slave has cut its log by it. */
  readonly offered: { readonly epochs: readonly EpochEntry[]; readonly maxOffset: number } | undefined;
  /** Master to slave. */
  readonly frames: readonly Frame[];
  /** Slave to master. */
  readonly acks: readonly number[];
  /** The end of what was sent; undefined before the master heard the first ack. */
  readonly sentOffset: number | undefined;
  /** Seeded bug skip-truncation: the slave keeps its tail and counts what comes for that place as there. */
  readonly keepsTail: boolean;
  /** The slave has left; what it said before may still arrive. */
  readonly isLeft: boolean;
}

export function incarnationOf({
  brokerId,
  life,
}: {
  readonly brokerId: number;
  readonly life: number;
}): string {
  return `${brokerId}.${life}`;
}

/** Its next life: what it has written is there, and it knows nothing of the rest. */
export function restarted(replica: Replica): Replica {
  return {
    ...replica,
    life: replica.life + 1,
    ownEpoch: 0,
    epochAtRegistration: -1,
    role: { kind: 'fenced' },
  };
}
