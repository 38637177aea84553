/**
 * The events that a decision of the controller consists of, and what each does to a broker set: the only mutation there is.
 * Names and numbers are RocketMQ's (EventType) up to 6; type 4, its read marker, does not exist here.
 */
import assert from 'node:assert/strict';
import { assertBrokerSet, type BrokerSet, pastIncarnationsMax, type Replica } from './broker-set.ts';

/** A replica joins the broker set, or is the first of it. */
export interface ApplyBrokerIdEvent {
  readonly type: 2;
  readonly event: 'apply-broker-id';
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerAddress: string;
  readonly registerCheckCode: string;
  readonly newBrokerId: number;
}

/** What happens to a broker set that is there. */
export type BrokerSetEvent =
  | {
      readonly type: 1;
      readonly event: 'alter-sync-state-set';
      readonly brokerName: string;
      readonly newSyncStateSet: readonly number[];
      /** Members that their master vouches for again. */
      readonly clearedSuspects: readonly number[];
    }
  | {
      readonly type: 3;
      readonly event: 'elect-master';
      readonly brokerName: string;
      readonly newMasterBrokerId: number;
    }
  | {
      readonly type: 5;
      readonly event: 'clean-broker-data';
      readonly brokerName: string;
      /** Undefined drops the whole broker set. */
      readonly brokerIdSetToClean: readonly number[] | undefined;
    }
  | {
      readonly type: 6;
      readonly event: 'update-broker-address';
      readonly brokerName: string;
      readonly brokerId: number;
      readonly brokerAddress: string;
      readonly haAddress: string;
    }
  /** Ours: a broker started anew. */
  | {
      readonly type: 7;
      readonly event: 'start-incarnation';
      readonly brokerName: string;
      readonly brokerId: number;
      readonly incarnation: string;
    }
  /** Ours: a replica must not be elected for what its own log holds. */
  | { readonly type: 8; readonly event: 'suspect'; readonly brokerName: string; readonly brokerId: number };

export type ControllerEvent = ApplyBrokerIdEvent | BrokerSetEvent;

/** Epochs of a broker set that was cleaned away: its successor of the same name goes on from there, since replicas remember them. */
export interface EpochFloor {
  readonly masterEpoch: number;
  readonly syncStateSetEpoch: number;
}

/** Returns the broker set after the event; undefined when it is gone. */
export function applyEvent(
  before: BrokerSet | undefined,
  event: ControllerEvent,
  floor: EpochFloor = { masterEpoch: 0, syncStateSetEpoch: 0 },
): BrokerSet | undefined {
  const after = event.event === 'apply-broker-id' ? addReplica(before, event, floor) : change(before, event);
  if (after !== undefined) assertBrokerSet(after, before);
  return after;
}

function addReplica(before: BrokerSet | undefined, event: ApplyBrokerIdEvent, floor: EpochFloor): BrokerSet {
  const brokerSet = before ?? {
    clusterName: event.clusterName,
    brokerName: event.brokerName,
    nextBrokerId: 1,
    replicas: new Map<number, Replica>(),
    masterBrokerId: undefined,
    masterIncarnation: '',
    ...floor,
    syncStateSet: new Set<number>(),
  };
  assert(!brokerSet.replicas.has(event.newBrokerId), `${event.brokerName}: id ${event.newBrokerId} is taken`);
  return {
    ...brokerSet,
    nextBrokerId: Math.max(brokerSet.nextBrokerId, event.newBrokerId + 1),
    replicas: new Map(brokerSet.replicas).set(event.newBrokerId, {
      brokerId: event.newBrokerId,
      brokerAddress: event.brokerAddress,
      haAddress: '',
      registerCheckCode: event.registerCheckCode,
      incarnation: '',
      pastIncarnations: [],
      isSuspect: false,
    }),
  };
}

function change(before: BrokerSet | undefined, event: BrokerSetEvent): BrokerSet | undefined {
  assert(before !== undefined, `${event.brokerName}: ${event.event} for a broker set that is not there`);
  switch (event.event) {
    case 'alter-sync-state-set': {
      let brokerSet: BrokerSet = {
        ...before,
        syncStateSet: new Set(event.newSyncStateSet),
        syncStateSetEpoch: before.syncStateSetEpoch + 1,
      };
      for (const id of event.clearedSuspects) {
        brokerSet = changeReplica(brokerSet, id, () => ({ isSuspect: false }));
      }
      return brokerSet;
    }
    case 'elect-master': {
      const winner = before.replicas.get(event.newMasterBrokerId);
      assert(
        winner !== undefined,
        `${event.brokerName}: elected ${event.newMasterBrokerId}, which is no replica`,
      );
      const brokerSet: BrokerSet = {
        ...before,
        masterBrokerId: winner.brokerId,
        masterIncarnation: winner.incarnation,
        masterEpoch: before.masterEpoch + 1,
        syncStateSet: new Set([winner.brokerId]),
        syncStateSetEpoch: before.syncStateSetEpoch + 1,
      };
      // An election of a suspect replica is an operator's word that its log is the one to go on with.
      return changeReplica(brokerSet, winner.brokerId, () => ({ isSuspect: false }));
    }
    case 'clean-broker-data':
      return event.brokerIdSetToClean === undefined
        ? undefined
        : withoutReplicas(before, event.brokerIdSetToClean);
    case 'update-broker-address':
      return changeReplica(before, event.brokerId, () => ({
        brokerAddress: event.brokerAddress,
        haAddress: event.haAddress,
      }));
    case 'start-incarnation':
      return changeReplica(before, event.brokerId, (replica) => ({
        incarnation: event.incarnation,
        pastIncarnations:
          replica.incarnation === ''
            ? replica.pastIncarnations
            : [...replica.pastIncarnations, replica.incarnation].slice(-pastIncarnationsMax),
      }));
    case 'suspect':
      return changeReplica(before, event.brokerId, () => ({ isSuspect: true }));
  }
}

function changeReplica(
  brokerSet: BrokerSet,
  brokerId: number,
  change: (replica: Replica) => Partial<Replica>,
): BrokerSet {
  const replica = brokerSet.replicas.get(brokerId);
  assert(replica !== undefined, `${brokerSet.brokerName}: ${brokerId} is no replica`);
  return {
    ...brokerSet,
    replicas: new Map(brokerSet.replicas).set(brokerId, { ...replica, ...change(replica) }),
  };
}

function withoutReplicas(brokerSet: BrokerSet, brokerIds: readonly number[]): BrokerSet | undefined {
  const gone = new Set(brokerIds);
  const replicas = new Map([...brokerSet.replicas].filter(([id]) => !gone.has(id)));
  if (replicas.size === 0) return undefined;
  const syncStateSet = new Set([...brokerSet.syncStateSet].filter((id) => !gone.has(id)));
  const isMasterGone = brokerSet.masterBrokerId !== undefined && gone.has(brokerSet.masterBrokerId);
  return {
    ...brokerSet,
    replicas,
    syncStateSet,
    syncStateSetEpoch:
      syncStateSet.size === brokerSet.syncStateSet.size
        ? brokerSet.syncStateSetEpoch
        : brokerSet.syncStateSetEpoch + 1,
    masterBrokerId: isMasterGone ? undefined : brokerSet.masterBrokerId,
    masterIncarnation: isMasterGone ? '' : brokerSet.masterIncarnation,
  };
}
