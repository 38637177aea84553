/** What a replica does about its role when it learns how the controller sees its group. Pure. */

/** The controller's view of a broker set: of an answer to 1002, 1003 or 1004, or of a push 1008. */
export interface ReplicaGroupView {
  /** Undefined: the group has no living master. */
  readonly masterBrokerId: number | undefined;
  readonly masterAddress: string;
  /** '' when a controller that is not ours does not tell it. */
  readonly masterHaAddress: string;
  /** The life of the master that was elected; undefined when a controller that is not ours does not tell it. */
  readonly masterIncarnation: string | undefined;
  readonly masterEpoch: number;
  readonly syncStateSet: ReadonlySet<number>;
  readonly syncStateSetEpoch: number;
}

/** The role this life of the broker really holds. `fenced`: none yet, or none any more; nothing is written or read. */
export type BrokerRole =
  | { readonly kind: 'fenced'; readonly reason: string }
  | { readonly kind: 'master'; readonly masterEpoch: number; readonly syncStateSetEpoch: number }
  | {
      readonly kind: 'slave';
      readonly masterEpoch: number;
      readonly masterBrokerId: number;
      readonly masterAddress: string;
      readonly masterHaAddress: string;
    };

export interface ReplicaState {
  readonly brokerId: number;
  /** This life. */
  readonly incarnation: string;
  /** The masterEpoch when this life registered: an older election of this broker, told late, was meant for an earlier life. */
  readonly epochAtRegistration: number;
  /** The highest masterEpoch this replica ever accepted, kept on disk. */
  readonly roleEpoch: number;
  /** The epoch that this life is, was or tried to become master of; 0 when none. */
  readonly ownEpoch: number;
  /** The highest masterEpoch it heard of: a replica that follows it may have told before the controller did. */
  readonly knownEpoch: number;
  readonly role: BrokerRole;
}

export type Transition =
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'become-master'; readonly view: ReplicaGroupView }
  | { readonly kind: 'become-slave'; readonly view: ReplicaGroupView; readonly masterBrokerId: number }
  | { readonly kind: 'adopt-sync-state-set'; readonly view: ReplicaGroupView }
  /** Nobody leads the group: ask for an election. */
  | { readonly kind: 'ask-election' }
  /** The controller takes this broker for the master of an epoch that it cannot hold: say that this is another incarnation. */
  | { readonly kind: 'register-anew'; readonly reason: string }
  /** Two masters of one epoch. */
  | { readonly kind: 'conflict'; readonly reason: string };

export function decideRole(state: ReplicaState, view: ReplicaGroupView): Transition {
  // A replica never goes back to an older epoch, whoever tells it: a late push, or a controller that was deposed.
  const newestEpoch = Math.max(state.roleEpoch, state.knownEpoch);
  if (view.masterEpoch < newestEpoch) {
    return none(`epoch ${view.masterEpoch} is older than ${newestEpoch}, which is known already`);
  }
  if (view.masterBrokerId === undefined) {
    if (state.role.kind === 'master') return none('no other master is known');
    return { kind: 'ask-election' };
  }
  return view.masterBrokerId === state.brokerId
    ? decideAsMaster(state, view)
    : decideAsSlave(state, view, view.masterBrokerId);
}

function decideAsMaster(state: ReplicaState, view: ReplicaGroupView): Transition {
  const isForEarlierLife =
    view.masterIncarnation === undefined
      ? view.masterEpoch < state.epochAtRegistration
      : view.masterIncarnation !== state.incarnation;
  if (isForEarlierLife) {
    return {
      kind: 'register-anew',
      reason: `epoch ${view.masterEpoch} was given to an earlier life of this broker`,
    };
  }
  if (view.masterEpoch > state.roleEpoch) return { kind: 'become-master', view };
  const { role } = state;
  if (role.kind === 'master' && role.masterEpoch === view.masterEpoch) {
    return view.syncStateSetEpoch > role.syncStateSetEpoch
      ? { kind: 'adopt-sync-state-set', view }
      : none('master of this epoch already');
  }
  // The change to master failed half-way in this very life: nothing was answered in that epoch, so it is tried again.
  if (view.masterEpoch === state.ownEpoch) return { kind: 'become-master', view };
  // An earlier life began the epoch: what that one answered and appended is not known here, so it is never resumed
  // (S3). A new incarnation makes the controller begin a new epoch.
  return {
    kind: 'register-anew',
    reason: `an earlier life of this broker was the master of epoch ${view.masterEpoch}`,
  };
}

function decideAsSlave(state: ReplicaState, view: ReplicaGroupView, masterBrokerId: number): Transition {
  const { role } = state;
  if (role.kind === 'master' && role.masterEpoch === view.masterEpoch) {
    return {
      kind: 'conflict',
      reason: `epoch ${view.masterEpoch} is held here (broker ${state.brokerId}), and broker ${masterBrokerId} is named its master`,
    };
  }
  if (
    role.kind === 'slave' &&
    role.masterEpoch === view.masterEpoch &&
    role.masterBrokerId === masterBrokerId &&
    role.masterHaAddress === haAddressOf(view)
  ) {
    return none('slave of this master already');
  }
  return { kind: 'become-slave', view, masterBrokerId };
}

/** Java's default puts the HA port behind the broker's own; used only where the controller does not tell the address. */
export function haAddressOf(view: ReplicaGroupView): string {
  if (view.masterHaAddress !== '') return view.masterHaAddress;
  const colon = view.masterAddress.lastIndexOf(':');
  const port = Number(view.masterAddress.slice(colon + 1));
  return `${view.masterAddress.slice(0, colon)}:${port + 1}`;
}

/** Of two views that wait, the one worth acting on: the later one, unless it is older in epochs. */
export function newerView(
  waiting: ReplicaGroupView | undefined,
  offered: ReplicaGroupView,
): ReplicaGroupView {
  if (waiting === undefined) return offered;
  if (offered.masterEpoch !== waiting.masterEpoch) {
    return offered.masterEpoch > waiting.masterEpoch ? offered : waiting;
  }
  return offered.syncStateSetEpoch >= waiting.syncStateSetEpoch ? offered : waiting;
}

function none(reason: string): Transition {
  return { kind: 'none', reason };
}
