/** Whom to make master: pure. RocketMQ's DefaultElectPolicy, without its 32-bit comparison (HOLES.md B40). */
import { type BrokerSet, epochOwner } from './broker-set.ts';
import type { AliveReplica, Liveness } from './controller-command.ts';

/** The recorded master keeps its epoch: the life that was elected is not over, and the leader did not find it dead in this epoch. */
export function masterStands(brokerSet: BrokerSet, liveness: Liveness): boolean {
  return epochOwner(brokerSet) !== undefined && liveness.masterDownEpoch !== brokerSet.masterEpoch;
}

/** Alive in the life that registered, and trusted: by its record and by its own latest word. */
function electable(brokerSet: BrokerSet, alive: readonly AliveReplica[]): readonly AliveReplica[] {
  return alive.filter((candidate) => {
    const replica = brokerSet.replicas.get(candidate.brokerId);
    return (
      replica !== undefined &&
      replica.incarnation === candidate.incarnation &&
      !replica.isSuspect &&
      !candidate.isSuspect
    );
  });
}

/** Negative when `a` is the better master: epoch, then log end (64 bit), then priority, then id so that every controller agrees. */
export function compareCandidates(a: AliveReplica, b: AliveReplica, offsetModulus?: number): number {
  return (
    b.epoch - a.epoch ||
    wrapped(b.maxOffset - a.maxOffset, offsetModulus) ||
    a.electionPriority - b.electionPriority ||
    a.brokerId - b.brokerId
  );
}

/** Seeded bug: as a cast to few bits does it, so that a difference of more than half the modulus changes its sign. */
function wrapped(difference: number, modulus: number | undefined): number {
  if (modulus === undefined) return difference;
  const rest = ((difference % modulus) + modulus) % modulus;
  return rest >= modulus / 2 ? rest - modulus : rest;
}

function best(candidates: readonly AliveReplica[], offsetModulus?: number): number | undefined {
  // No sort: with wrapped differences the order has cycles.
  let winner: AliveReplica | undefined;
  for (const candidate of candidates) {
    if (winner === undefined || compareCandidates(candidate, winner, offsetModulus) < 0) winner = candidate;
  }
  return winner?.brokerId;
}

/** Who can be the successor: trusted members that are alive, else, where that is allowed, anybody trusted. */
export function successors(brokerSet: BrokerSet, liveness: Liveness): readonly AliveReplica[] {
  const candidates = electable(brokerSet, liveness.alive);
  const inSync = candidates.filter(({ brokerId }) => brokerSet.syncStateSet.has(brokerId));
  return inSync.length > 0 || !liveness.isUncleanElectionEnabled ? inSync : candidates;
}

/** The successor of a master that does not stand; undefined when nobody may be elected. */
export function electSuccessor(brokerSet: BrokerSet, liveness: Liveness): number | undefined {
  const winner = best(successors(brokerSet, liveness), liveness.offsetModulus);
  if (winner !== undefined || !liveness.isUncleanElectionEnabled) return winner;
  return best(ofRegisteredLives(brokerSet, liveness.alive), liveness.offsetModulus);
}

/** The broker an operator named, if it may be master: same rules, but for one. */
export function electDesignated(
  brokerSet: BrokerSet,
  liveness: Liveness,
  brokerId: number,
): number | undefined {
  const candidates = electable(brokerSet, liveness.alive);
  const inSync = candidates.filter((candidate) => brokerSet.syncStateSet.has(candidate.brokerId));
  if (inSync.some((candidate) => candidate.brokerId === brokerId)) return brokerId;
  const present = ofRegisteredLives(brokerSet, liveness.alive).some(
    (candidate) => candidate.brokerId === brokerId,
  );
  if (!present) return undefined;
  if (liveness.isUncleanElectionEnabled) return brokerId;
  // Nobody trusted is left: which of the suspect members holds what was acknowledged is the operator's to say.
  return inSync.length === 0 && brokerSet.syncStateSet.has(brokerId) ? brokerId : undefined;
}

/** The first master: who asked, unless a trusted replica that is alive has the longer log. */
export function electFirst(brokerSet: BrokerSet, liveness: Liveness, requester: number): number | undefined {
  const candidates = electable(brokerSet, liveness.alive);
  const own = candidates.find((candidate) => candidate.brokerId === requester);
  if (own === undefined) return brokerSet.replicas.get(requester)?.isSuspect ? best(candidates) : requester;
  const longer = candidates.filter(
    (candidate) =>
      candidate.epoch > own.epoch || (candidate.epoch === own.epoch && candidate.maxOffset > own.maxOffset),
  );
  return best(longer) ?? requester;
}

function ofRegisteredLives(brokerSet: BrokerSet, alive: readonly AliveReplica[]): readonly AliveReplica[] {
  return alive.filter(
    (candidate) => brokerSet.replicas.get(candidate.brokerId)?.incarnation === candidate.incarnation,
  );
}
