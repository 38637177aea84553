/** The parts of a world after its brokers changed names. permutation[place] is the new place; broker ids are places + 1. */
import type { BrokerSet } from '../../../cluster/controller/broker-set.ts';
import type { Said } from './promises.ts';
import type { Link, MasterPart, Replica } from './replica.ts';
import type { Errand, View } from './world.ts';

type Permutation = readonly number[];

function rename(brokerId: number, permutation: Permutation): number {
  return brokerId < 1 ? brokerId : (permutation[brokerId - 1] ?? -1) + 1;
}

function renameAll(brokerIds: Iterable<number>, permutation: Permutation): number[] {
  return [...brokerIds].map((id) => rename(id, permutation)).sort((a, b) => a - b);
}

function renameLife(incarnation: string, permutation: Permutation): string {
  const [id = '', life] = incarnation.split('.');
  return life === undefined ? incarnation : `${rename(Number(id), permutation)}.${life}`;
}

function byId(a: readonly [number, ...unknown[]], b: readonly [number, ...unknown[]]): number {
  return a[0] - b[0];
}

export function renameReplica(replica: Replica, permutation: Permutation): Replica {
  const { brokerId, roleMasterBrokerId, role } = replica;
  return {
    ...replica,
    brokerId: rename(brokerId, permutation),
    roleMasterBrokerId: rename(roleMasterBrokerId, permutation),
    role:
      role.kind === 'fenced'
        ? role
        : role.kind === 'slave'
          ? { ...role, masterBrokerId: rename(role.masterBrokerId, permutation) }
          : { ...role, part: renamePart(role.part, permutation) },
  };
}

function renamePart(part: MasterPart, permutation: Permutation): MasterPart {
  const { tracker, acks, vouched } = part;
  return {
    ...part,
    tracker: {
      ...tracker,
      syncStateSet: renameAll(tracker.syncStateSet, permutation),
      unresolved: tracker.unresolved.map(({ set, limbo }) => ({ set: renameAll(set, permutation), limbo })),
      marks: tracker.marks
        .map(([id, offset, atMs]) => [rename(id, permutation), offset, atMs] as const)
        .sort(byId),
    },
    acks: acks
      .map(([id, row]) => {
        const incarnation = renameLife(row.incarnation, permutation);
        return [rename(id, permutation), { ...row, incarnation }] as const;
      })
      .sort(byId),
    vouched: vouched
      .map(([id, life]) => [rename(id, permutation), renameLife(life, permutation)] as const)
      .sort(byId),
  };
}

export function renameLink(link: Link | undefined, permutation: Permutation): Link | undefined {
  return link === undefined
    ? undefined
    : { ...link, masterBrokerId: rename(link.masterBrokerId, permutation) };
}

export function renameSaid(said: Said, permutation: Permutation): Said {
  const acknowledgers = Object.fromEntries(
    Object.entries(said.acknowledgers).map(([epoch, life]) => [epoch, renameLife(life, permutation)]),
  );
  return { ...said, acknowledgers };
}

export function renameBrokerSet(brokerSet: BrokerSet, permutation: Permutation): BrokerSet {
  const { masterBrokerId, masterIncarnation, syncStateSet } = brokerSet;
  const replicas = [...brokerSet.replicas.values()].map((replica) => {
    const brokerId = rename(replica.brokerId, permutation);
    const address = `broker-${brokerId}:1`;
    const incarnation = renameLife(replica.incarnation, permutation);
    const pastIncarnations = replica.pastIncarnations.map((life) => renameLife(life, permutation));
    const renamed = { ...replica, brokerId, incarnation, pastIncarnations };
    return [brokerId, { ...renamed, brokerAddress: address, haAddress: address }] as const;
  });
  return {
    ...brokerSet,
    replicas: new Map(replicas.sort(byId)),
    masterBrokerId: masterBrokerId === undefined ? undefined : rename(masterBrokerId, permutation),
    masterIncarnation: renameLife(masterIncarnation, permutation),
    syncStateSet: new Set(renameAll(syncStateSet, permutation)),
  };
}

export function renameErrand(errand: Errand, permutation: Permutation): Errand {
  if (errand.kind === 'answer') {
    const { adopted } = errand;
    return {
      ...errand,
      to: rename(errand.to, permutation),
      incarnation: renameLife(errand.incarnation, permutation),
      adopted:
        adopted === undefined
          ? undefined
          : { ...adopted, syncStateSet: renameAll(adopted.syncStateSet, permutation) },
    };
  }
  return {
    ...errand,
    from: rename(errand.from, permutation),
    syncStateSet: renameAll(errand.syncStateSet, permutation),
    incarnations: errand.incarnations
      .map(([id, life]) => [rename(id, permutation), renameLife(life, permutation)] as const)
      .sort(byId),
  };
}

export function renameView(view: View, permutation: Permutation): View {
  return {
    ...view,
    masterBrokerId: rename(view.masterBrokerId, permutation),
    masterIncarnation: renameLife(view.masterIncarnation, permutation),
    syncStateSet: renameAll(view.syncStateSet, permutation),
  };
}
