/** What brokers do when they hear of roles: the real decisions of cluster/broker and cluster/ha. */
import { decideRole, type ReplicaGroupView } from '../../../cluster/broker/replicas-decision.ts';
import { startEpoch } from '../../../cluster/ha/epoch-list.ts';
import { refusalOf } from '../../../cluster/ha/role-claim.ts';
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import { isMaster, MasterWork, newMasterPart } from './master-work.ts';
import { incarnationOf, type Replica } from './replica.ts';
import type { View } from './world.ts';

export interface RoleChange {
  readonly replica: Replica;
  readonly acknowledged: readonly number[];
  readonly violation: string | undefined;
}

/** Undefined: it changes nothing. */
export function hearView(
  replica: Replica,
  view: View,
  seededBugs: ReadonlySet<SeededBug>,
  minInSyncReplicas: number,
): RoleChange | undefined {
  if (replica.epochAtRegistration === -1) return undefined;
  const { brokerId, epochAtRegistration, roleEpoch, ownEpoch, role } = replica;
  const transition = decideRole(
    {
      brokerId,
      incarnation: incarnationOf(replica),
      epochAtRegistration,
      roleEpoch,
      ownEpoch,
      knownEpoch: 0,
      role:
        role.kind === 'fenced'
          ? { kind: 'fenced', reason: '' }
          : role.kind === 'master'
            ? role
            : {
                ...role,
                masterAddress: addressOf(role.masterBrokerId),
                masterHaAddress: addressOf(role.masterBrokerId),
              },
    },
    groupView(view),
  );
  switch (transition.kind) {
    case 'none':
    case 'ask-election':
    case 'register-anew':
      return undefined;
    case 'conflict':
      return { replica, acknowledged: [], violation: transition.reason };
    case 'become-slave':
      return follow(replica, view.masterEpoch, transition.masterBrokerId);
    case 'become-master': {
      const promoted = promote(replica, view, seededBugs);
      return promoted === undefined
        ? undefined
        : advance(promoted, seededBugs, minInSyncReplicas, () => undefined);
    }
    case 'adopt-sync-state-set':
      return advance(replica, seededBugs, minInSyncReplicas, (work) =>
        work.learn({ syncStateSet: new Set(view.syncStateSet), syncStateSetEpoch: view.syncStateSetEpoch }),
      );
  }
}

/** A master's step: wakes it, lets it work, and sees what it may confirm and acknowledge then. */
export function advance(
  replica: Replica,
  seededBugs: ReadonlySet<SeededBug>,
  minInSyncReplicas: number,
  act: (work: MasterWork) => void,
): RoleChange {
  if (!isMaster(replica)) return { replica, acknowledged: [], violation: undefined };
  const work = new MasterWork(replica, seededBugs, minInSyncReplicas);
  act(work);
  const after = work.done();
  return { replica: after, acknowledged: work.acknowledged, violation: undefined };
}

/** As AutoSwitchHaService: the promise first, then the epoch. */
function promote(replica: Replica, view: View, seededBugs: ReadonlySet<SeededBug>): Replica | undefined {
  const { brokerId, ownEpoch, log } = replica;
  const { masterEpoch } = view;
  const claim = { kind: 'master', masterEpoch, masterBrokerId: brokerId } as const;
  if (refusalOf(claim, promiseOf(replica), ownEpoch) !== undefined || !view.syncStateSet.includes(brokerId))
    return undefined;
  const last = replica.epochs.at(-1);
  const epochs =
    last?.epoch === masterEpoch
      ? replica.epochs
      : startEpoch(replica.epochs, { epoch: masterEpoch, startOffset: log.length }, seededBugs);
  const committed = { syncStateSet: new Set(view.syncStateSet), syncStateSetEpoch: view.syncStateSetEpoch };
  const { syncStateSetEpoch } = view;
  return {
    ...replica,
    epochs,
    roleEpoch: masterEpoch,
    roleMasterBrokerId: brokerId,
    ownEpoch: masterEpoch,
    role: { kind: 'master', masterEpoch, syncStateSetEpoch, part: newMasterPart(replica, committed) },
  };
}

function follow(replica: Replica, masterEpoch: number, masterBrokerId: number): RoleChange | undefined {
  const claim = { kind: 'slave', masterEpoch, masterBrokerId } as const;
  if (refusalOf(claim, promiseOf(replica), replica.ownEpoch) !== undefined) return undefined;
  const slave: Replica = {
    ...replica,
    roleEpoch: masterEpoch,
    roleMasterBrokerId: masterBrokerId,
    role: { kind: 'slave', masterEpoch, masterBrokerId },
  };
  return { replica: slave, acknowledged: [], violation: undefined };
}

function promiseOf({ roleEpoch, roleMasterBrokerId }: Replica) {
  return { masterEpoch: roleEpoch, masterBrokerId: roleMasterBrokerId };
}

function groupView(view: View): ReplicaGroupView {
  return {
    ...view,
    masterAddress: addressOf(view.masterBrokerId),
    masterHaAddress: addressOf(view.masterBrokerId),
    syncStateSet: new Set(view.syncStateSet),
  };
}

function addressOf(brokerId: number): string {
  return `broker-${brokerId}:1`;
}
