/** Everything at one moment: brokers, the links between them, the controllers as one, and what is on its way to and from these. */
import type { BrokerSet } from '../../../cluster/controller/broker-set.ts';
import type { Said } from './promises.ts';
import type { Link, Replica } from './replica.ts';

/** How the controller saw the group at some time; a broker may be told at any time later, and more than once. */
export interface View {
  readonly masterBrokerId: number;
  readonly masterIncarnation: string;
  readonly masterEpoch: number;
  readonly syncStateSet: readonly number[];
  readonly syncStateSetEpoch: number;
}

export interface Controller {
  readonly brokerSet: BrokerSet;
  readonly views: readonly View[];
}

/** On its way to the controller or back; of any age when it arrives, or never. */
export type Errand =
  | {
      readonly kind: 'proposal';
      readonly from: number;
      readonly masterEpoch: number;
      readonly syncStateSetEpoch: number;
      readonly syncStateSet: readonly number[];
      readonly incarnations: readonly (readonly [number, string])[];
      readonly token: number;
    }
  | {
      readonly kind: 'answer';
      readonly to: number;
      readonly incarnation: string;
      readonly masterEpoch: number;
      readonly token: number;
      /** Undefined: it was refused. */
      readonly adopted:
        | { readonly syncStateSet: readonly number[]; readonly syncStateSetEpoch: number }
        | undefined;
    };

export interface Used {
  readonly messages: number;
  readonly faults: number;
  readonly elections: number;
  readonly proposals: number;
}

export interface World {
  readonly used: Used;
  readonly said: Said;
  readonly controller: Controller;
  /** By place: brokerId - 1. */
  readonly replicas: readonly Replica[];
  readonly links: readonly (Link | undefined)[];
  readonly errands: readonly Errand[];
}

export function viewOf(brokerSet: BrokerSet): View {
  return {
    masterBrokerId: brokerSet.masterBrokerId ?? -1,
    masterIncarnation: brokerSet.masterIncarnation,
    masterEpoch: brokerSet.masterEpoch,
    syncStateSet: [...brokerSet.syncStateSet].sort((a, b) => a - b),
    syncStateSetEpoch: brokerSet.syncStateSetEpoch,
  };
}

export function replaced<T>(list: readonly T[], place: number, value: T): readonly T[] {
  return list.map((known, at) => (at === place ? value : known));
}

/** What people can see of a world, names aside: logs, labels, roles, what is confirmed, and the epochs of the controller. */
export function situationOfWorld({ said, controller, replicas }: World, isConfirmTold = true): string {
  const { masterEpoch, syncStateSetEpoch, syncStateSet } = controller.brokerSet;
  const brokers = replicas.map(({ log, epochs, confirmOffset, roleEpoch, role, life, brokerId }) => {
    const labels = epochs.map(({ epoch, startOffset }) => `${epoch}@${startOffset}`);
    const isMember = syncStateSet.has(brokerId);
    const confirmed = isConfirmTold ? ` ${confirmOffset}` : '';
    return `${role.kind} ${roleEpoch} ${life} ${isMember} [${log}] ${labels}${confirmed}`;
  });
  return `${said.named} ${masterEpoch} ${syncStateSetEpoch} | ${brokers.sort().join(' | ')}`;
}
