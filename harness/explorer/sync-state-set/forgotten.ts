/** What no later step can see is not kept: worlds that differ in nothing else are one. */
import type { BrokerSet } from '../../../cluster/controller/broker-set.ts';
import { isMaster } from './master-work.ts';
import type { Said } from './promises.ts';
import { incarnationOf, type Link, type MasterPart, type Replica } from './replica.ts';
import type { Errand, View, World } from './world.ts';

export function withoutTheForgotten(replica: Replica): Replica {
  const { role, ownEpoch, roleEpoch, epochAtRegistration } = replica;
  return {
    ...replica,
    // Compared with epochs that are no older than roleEpoch only.
    ownEpoch: ownEpoch < roleEpoch ? 0 : ownEpoch,
    // Views tell the life that was elected, so only whether it registered counts.
    epochAtRegistration: Math.min(epochAtRegistration, 0),
    role: role.kind === 'master' ? { ...role, part: essentialPart(role.part) } : role,
  };
}

/** No clock runs, a replica that is away is as one that never came, and a link has one connection, which both ends know. */
function essentialPart(part: MasterPart): MasterPart {
  const never = { lastHeardMs: 0, caughtUpMs: 0, sampleOffset: 0, sampleMs: 0, lostMs: 0 };
  const acks = part.acks
    .filter(([, row]) => row.connectionId !== undefined)
    .map(
      ([id, { incarnation, ackOffset }]) =>
        [id, { ...never, connectionId: 1, incarnation, ackOffset }] as const,
    )
    .sort(([a], [b]) => a - b);
  const marks = part.tracker.marks.toSorted(([a], [b]) => a - b);
  return { ...part, acks, nextConnectionId: 1, tracker: { ...part.tracker, marks } };
}

/** Nobody takes up again an epoch that is over: what a link still brings to its master is heard by nobody. */
export function essentialLink(link: Link | undefined, { replicas }: World): Link | undefined {
  if (link === undefined) return undefined;
  const master = replicas[link.masterBrokerId - 1];
  if (master !== undefined && isMaster(master) && master.role.masterEpoch === link.masterEpoch)
    return link.connectionId === 1 ? link : { ...link, connectionId: 1 };
  if (link.isLeft || (link.frames.length === 0 && link.offered === undefined)) return undefined;
  return { ...link, connectionId: 1, acks: [], sentOffset: 0 };
}

/** Who acknowledges in an epoch has it for its latest one. */
export function essentialSaid(said: Said, { replicas }: World): Said {
  const oldest = Math.min(...replicas.map(({ roleEpoch }) => roleEpoch));
  const entries = Object.entries(said.acknowledgers);
  const live = entries.filter(([epoch]) => Number(epoch) >= oldest);
  return live.length === entries.length ? said : { ...said, acknowledgers: Object.fromEntries(live) };
}

/** Lives that are over never register again here. */
export function essentialBrokerSet(brokerSet: BrokerSet): BrokerSet {
  const replicas = [...brokerSet.replicas].map(
    ([id, replica]) => [id, { ...replica, pastIncarnations: [] }] as const,
  );
  return { ...brokerSet, replicas: new Map(replicas.toSorted(([a], [b]) => a - b)) };
}

/** Whether somebody may still do something on hearing it, that he would not do on hearing a later one of that epoch. */
export function isViewOfUse(view: View, { replicas, controller }: World): boolean {
  if (replicas.every(({ roleEpoch }) => roleEpoch > view.masterEpoch)) return false;
  const isLatest = controller.views.every(
    ({ masterEpoch, syncStateSetEpoch }) =>
      masterEpoch !== view.masterEpoch || syncStateSetEpoch <= view.syncStateSetEpoch,
  );
  if (isLatest) return true;
  const owner = replicas[view.masterBrokerId - 1];
  if (owner === undefined || owner.roleEpoch > view.masterEpoch) return false;
  if (incarnationOf(owner) !== view.masterIncarnation) return false;
  if (!isMaster(owner) || owner.role.masterEpoch !== view.masterEpoch) return true;
  return owner.role.part.tracker.syncStateSetEpoch < view.syncStateSetEpoch;
}

export function isErrandOfUse(errand: Errand, { replicas, controller: { brokerSet } }: World): boolean {
  if (errand.kind === 'proposal') {
    const { masterEpoch, syncStateSetEpoch, syncStateSet } = errand;
    const later = brokerSet.syncStateSetEpoch - syncStateSetEpoch;
    const isRepeat =
      later === 1 &&
      syncStateSet.length === brokerSet.syncStateSet.size &&
      syncStateSet.every((id) => brokerSet.syncStateSet.has(id));
    const mayBeAdopted = brokerSet.masterEpoch === masterEpoch && (later === 0 || isRepeat);
    return mayBeAdopted || isAnswerAwaited(errand, errand.from, replicas);
  }
  const { to, adopted } = errand;
  const master = masterOf(errand, to, replicas);
  if (master === undefined) return false;
  if (adopted !== undefined && adopted.syncStateSetEpoch > master.role.part.tracker.syncStateSetEpoch)
    return true;
  return isAnswerAwaited(errand, to, replicas);
}

function masterOf({ masterEpoch }: Errand, brokerId: number, replicas: readonly Replica[]) {
  const master = replicas[brokerId - 1];
  return master !== undefined && isMaster(master) && master.role.masterEpoch === masterEpoch
    ? master
    : undefined;
}

function isAnswerAwaited(errand: Errand, brokerId: number, replicas: readonly Replica[]): boolean {
  const part = masterOf(errand, brokerId, replicas)?.role.part;
  return part !== undefined && part.tracker.inFlight !== -1 && part.proposalToken === errand.token;
}
