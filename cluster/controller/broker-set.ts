/** What the controllers agree on about one broker set: its replicas, its master, its SyncStateSet. Immutable. */
import assert from 'node:assert/strict';

export interface Replica {
  readonly brokerId: number;
  /** "host:port" of the broker's remoting server. */
  readonly brokerAddress: string;
  /** "host:port" where it serves HA as a master; "" when it never told. */
  readonly haAddress: string;
  /** Who applied for the id: the same applicant may apply again. */
  readonly registerCheckCode: string;
  /** The life of the broker that registered last; "" for brokers that do not tell lives apart (RocketMQ's own). */
  readonly incarnation: string;
  /** Lives that are over, newest last. What still arrives of them is late. */
  readonly pastIncarnations: readonly string[];
  /** Its log may lack what it once confirmed: not electable until a later master names it again. */
  readonly isSuspect: boolean;
}

export interface BrokerSet {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly nextBrokerId: number;
  readonly replicas: ReadonlyMap<number, Replica>;
  /** The owner of masterEpoch; stays recorded when it is dead. Undefined before the first election and after its record was cleaned. */
  readonly masterBrokerId: number | undefined;
  /** The life that was elected. Another life of the same broker does not own the epoch. */
  readonly masterIncarnation: string;
  /** 0 before the first election; then every epoch has an owner (HOLES.md B43). */
  readonly masterEpoch: number;
  readonly syncStateSet: ReadonlySet<number>;
  readonly syncStateSetEpoch: number;
}

/** Enough to know held-back bytes of earlier lives again; a broker that restarts more often within one hold is in other trouble. */
export const pastIncarnationsMax = 16;

/** The owner of the present epoch, alive or not; undefined when the life that was elected is known to be over. */
export function epochOwner(brokerSet: BrokerSet): Replica | undefined {
  if (brokerSet.masterBrokerId === undefined) return undefined;
  const replica = brokerSet.replicas.get(brokerSet.masterBrokerId);
  return replica?.incarnation === brokerSet.masterIncarnation ? replica : undefined;
}

export function isBeforeFirstElection(brokerSet: BrokerSet): boolean {
  return brokerSet.syncStateSet.size === 0;
}

/** Throws AssertionError: what must hold after every event. */
export function assertBrokerSet(after: BrokerSet, before: BrokerSet | undefined): void {
  const { brokerName, syncStateSet, masterBrokerId } = after;
  for (const id of syncStateSet) {
    assert(after.replicas.has(id), `${brokerName}: the SyncStateSet names ${id}, which is no replica`);
  }
  if (masterBrokerId !== undefined) {
    assert(
      syncStateSet.has(masterBrokerId),
      `${brokerName}: master ${masterBrokerId} is not in its SyncStateSet`,
    );
    assert(after.masterEpoch > 0, `${brokerName}: a master without an epoch`);
  }
  if (before === undefined) return;
  assert(after.masterEpoch >= before.masterEpoch, `${brokerName}: the master epoch went back`);
  assert(
    after.syncStateSetEpoch >= before.syncStateSetEpoch,
    `${brokerName}: the SyncStateSet epoch went back`,
  );
  assert(after.nextBrokerId >= before.nextBrokerId, `${brokerName}: broker ids would be given twice`);
  if (after.masterEpoch === before.masterEpoch && masterBrokerId !== undefined) {
    assert(
      before.masterBrokerId === masterBrokerId && before.masterIncarnation === after.masterIncarnation,
      `${brokerName}: epoch ${after.masterEpoch} has a second owner`,
    );
  }
}
