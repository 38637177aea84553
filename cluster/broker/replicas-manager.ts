/**
 * Gives this broker its role: keeps the controllers informed, learns what they decide, and carries it out.
 *
 * Every role change is: fence, persist the epoch (the HA service does), change, unfence. One at a time; one that fails is tried again and leaves
 * the broker fenced until then.
 */
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { BrokerIdentityFiles } from './broker-identity.ts';
import type { ControllerClient } from './controller-client.ts';
import {
  alterSyncStateSet,
  type BrokerAddresses,
  type BrokerLife,
  brokerHeartbeat,
  electMaster,
  getReplicaInfo,
} from './controller-requests.ts';
import type { Incarnation } from './incarnation.ts';
import { Registration } from './registration.ts';
import { repeat } from './repeat.ts';
import { readReplicaGroupView } from './replica-group-view.ts';
import {
  type BrokerRole,
  decideRole,
  haAddressOf,
  newerView,
  type ReplicaGroupView,
  type Transition,
} from './replicas-decision.ts';
import type { RoleHolder, RoleStore } from './role-holder.ts';
import { type ProposalOutcome, proposalOutcome } from './sync-state-set-proposal.ts';

export interface ReplicasManagerOptions {
  readonly broker: BrokerAddresses;
  readonly incarnation: Incarnation;
  readonly controllers: ControllerClient;
  readonly identities: BrokerIdentityFiles;
  readonly ha: RoleHolder;
  readonly store: RoleStore;
  readonly heartbeatIntervalMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly pollIntervalMs: number;
  readonly electionPriority: number;
  /** Called with every role, `fenced` between two others included, before anything of the new role happens. */
  readonly onRole: (role: BrokerRole) => void;
}

const requestTimeoutMs = 1000;
const retryPauseMs = 100;

export class ReplicasManager {
  readonly #runtime: Runtime;
  readonly #options: ReplicasManagerOptions;
  readonly #registration: Registration;
  #role: BrokerRole = { kind: 'fenced', reason: 'the role is not known yet' };
  #knownEpoch = 0;
  #ownEpoch = 0;
  #epochAtRegistration = 0;
  #syncStateSetEpochAtRegistration = 0;
  /** A master has taken this life into its SyncStateSet: whatever was wrong with its log before is mended. */
  #isVouchedFor = false;
  #isChanging = false;
  #isPolling = false;
  #isElecting = false;
  #isStopped = false;
  #waitingView: ReplicaGroupView | undefined;
  #lastComplaint = '';
  #timers: readonly Timer[] = [];

  constructor(runtime: Runtime, options: ReplicasManagerOptions) {
    this.#runtime = runtime;
    this.#options = options;
    this.#registration = new Registration(runtime, {
      ...options,
      isSuspect: () => this.#isSuspect(),
      beforeRegister: () => this.#sendHeartbeat(),
      onRegistered: (view) => this.#onRegistered(view),
    });
  }

  /** Rejects with BrokerIdentityError when the store belongs to another broker. The rest goes on in the background. */
  async start(): Promise<void> {
    this.#runtime.trace.emit('node-started', { incarnation: this.#options.incarnation.current() });
    await this.#registration.start();
    if (this.#runtime.seededBugs.has('serve-before-role')) await this.#resumeUnconfirmed();
    const { heartbeatIntervalMs, pollIntervalMs } = this.#options;
    this.#timers = [
      repeat(this.#runtime, 'the heartbeat to the controllers', heartbeatIntervalMs, () =>
        this.#sendHeartbeat(),
      ),
      repeat(this.#runtime, 'the question for the role', pollIntervalMs, () => this.poll()),
    ];
  }

  /** Seeded bug: a broker that starts is fenced until the controller has told it its role (B09); this one serves before. */
  async #resumeUnconfirmed(): Promise<void> {
    const { ha, store } = this.#options;
    if (this.brokerId() === undefined) return;
    this.#isChanging = true;
    const masterEpoch = await ha.resumeUnconfirmed?.();
    this.#isChanging = false;
    if (masterEpoch === undefined) return;
    this.#ownEpoch = masterEpoch;
    store.setRole('master', masterEpoch);
    this.#enterRole({ kind: 'master', masterEpoch, syncStateSetEpoch: 0 }, 'this broker, for all it knows');
    if (this.#waitingView !== undefined) this.#offer(this.#waitingView);
  }

  stop(): void {
    this.#isStopped = true;
    this.#registration.stop();
    for (const timer of this.#timers) timer.cancel();
    this.#setRole({ kind: 'fenced', reason: 'the broker stops' });
  }

  role(): BrokerRole {
    return this.#role;
  }

  /** Undefined before the controller gave one. */
  brokerId(): number | undefined {
    return this.#registration.brokerId();
  }

  /** A push (1008) that came over the channel of the heartbeats. */
  onRoleNotice(command: RemotingCommand): void {
    const view = readReplicaGroupView(command);
    if (view !== undefined) this.#offer(view);
  }

  /** A replica follows a newer epoch: this one is over, whoever owns the newer one. */
  deposed(newerEpoch: number): void {
    if (newerEpoch > this.#knownEpoch) this.#knownEpoch = newerEpoch;
    if (this.#role.kind === 'master' && this.#role.masterEpoch < newerEpoch) {
      this.#setRole({ kind: 'fenced', reason: `a replica follows epoch ${newerEpoch}` });
    }
    this.poll();
  }

  /** Asks the controller for the view of the group, unless a question is open. */
  poll(): void {
    if (!this.#registration.isRegistered() || this.#isPolling || this.#isStopped) return;
    this.#isPolling = true;
    const request = getReplicaInfo(this.#options.broker);
    void this.#options.controllers.request(request, requestTimeoutMs, { isRepeatable: true }).then(
      (response) => {
        this.#isPolling = false;
        if (response.code === ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST) {
          this.#registration.beginAnew(response.remark ?? 'the controller does not know this broker set');
        } else {
          this.#offerAnswer(response);
        }
      },
      // The next question follows soon; the log would only repeat itself while the controllers have no majority.
      () => {
        this.#isPolling = false;
      },
    );
  }

  /** Carries a proposal of the master to the controller. */
  async proposeSyncStateSet(proposal: {
    readonly masterEpoch: number;
    readonly syncStateSetEpoch: number;
    readonly syncStateSet: ReadonlySet<number>;
    readonly incarnations: ReadonlyMap<number, string>;
  }): Promise<ProposalOutcome> {
    const masterBrokerId = this.brokerId();
    if (masterBrokerId === undefined)
      return { kind: 'rejected', code: ResponseCode.CONTROLLER_INVALID_MASTER };
    const { incarnation, broker, controllers } = this.#options;
    const incarnations = new Map(proposal.incarnations).set(masterBrokerId, incarnation.current());
    const whole = { ...proposal, masterBrokerId, incarnations };
    const request = alterSyncStateSet(broker, whole, this.#runtime.clock.wallMs());
    const outcome = await proposalOutcome(
      controllers.request(request, requestTimeoutMs, { isRepeatable: false }),
    );
    const role = this.#role;
    if (outcome.kind !== 'adopted') {
      // Whatever it was, the controller knows better now than the last answer said.
      this.poll();
    } else if (role.kind === 'master' && role.masterEpoch === proposal.masterEpoch) {
      const syncStateSetEpoch = Math.max(role.syncStateSetEpoch, outcome.syncStateSetEpoch);
      this.#role = { ...role, syncStateSetEpoch };
      this.#namedAgain(role.masterEpoch);
    }
    return outcome;
  }

  #isSuspect(): boolean {
    return this.#options.ha.suspect() && !this.#isVouchedFor;
  }

  #life(brokerId: number): BrokerLife {
    return { brokerId, incarnation: this.#options.incarnation.current(), isSuspect: this.#isSuspect() };
  }

  #sendHeartbeat(): void {
    const brokerId = this.brokerId();
    if (brokerId === undefined || this.#isStopped) return;
    const { ha, store, controllers, broker } = this.#options;
    const role = this.#role;
    controllers.onewayToAll(
      brokerHeartbeat(broker, this.#life(brokerId), {
        epoch: ha.epochs().at(-1)?.epoch ?? 0,
        maxOffset: store.maxOffset(),
        confirmOffset: store.confirmOffset(),
        heartbeatTimeoutMills: this.#options.heartbeatTimeoutMs,
        electionPriority: this.#options.electionPriority,
        roleEpoch: role.kind === 'fenced' ? 0 : role.masterEpoch,
        syncStateSetEpoch: role.kind === 'master' ? role.syncStateSetEpoch : undefined,
      }),
    );
  }

  #onRegistered(view: ReplicaGroupView): void {
    this.#epochAtRegistration = view.masterEpoch;
    this.#syncStateSetEpochAtRegistration = view.syncStateSetEpoch;
    this.#offer(view);
    // The answer names a master only while it lives; the recorded one is worth following until the next is elected.
    this.poll();
  }

  #offerAnswer(response: RemotingCommand): void {
    const isAnswer =
      response.code === ResponseCode.SUCCESS || response.code === ResponseCode.CONTROLLER_MASTER_STILL_EXIST;
    const view = isAnswer ? readReplicaGroupView(response) : undefined;
    if (view !== undefined) this.#offer(view);
  }

  #offer(view: ReplicaGroupView): void {
    if (!this.#registration.isRegistered()) return;
    this.#noticeVouching(view);
    this.#waitingView = newerView(this.#waitingView, view);
    if (this.#isChanging || this.#isStopped) return;
    this.#isChanging = true;
    void this.#actOnViews().then(
      () => {
        this.#isChanging = false;
      },
      (error: unknown) => this.#runtime.fatal(error instanceof Error ? error : new Error(String(error))),
    );
  }

  #noticeVouching(view: ReplicaGroupView): void {
    const brokerId = this.brokerId();
    if (brokerId === undefined || view.masterBrokerId === undefined || view.masterBrokerId === brokerId)
      return;
    const isLater = view.syncStateSetEpoch > this.#syncStateSetEpochAtRegistration;
    if (isLater && view.syncStateSet.has(brokerId)) this.#isVouchedFor = true;
  }

  async #actOnViews(): Promise<void> {
    while (this.#waitingView !== undefined && !this.#isStopped) {
      const view = this.#waitingView;
      this.#waitingView = undefined;
      const transition = decideRole(
        {
          brokerId: this.brokerId() ?? -1,
          incarnation: this.#options.incarnation.current(),
          epochAtRegistration: this.#epochAtRegistration,
          roleEpoch: this.#options.ha.roleEpoch(),
          knownEpoch: this.#knownEpoch,
          ownEpoch: this.#ownEpoch,
          role: this.#role,
        },
        view,
      );
      try {
        await this.#perform(transition);
        this.#lastComplaint = '';
      } catch (error) {
        this.#complain(`${transition.kind} of epoch ${view.masterEpoch} failed: ${String(error)}`);
        await new Promise<void>((resolve) => this.#runtime.clock.after(retryPauseMs, resolve));
        // A role that is refused for good comes again with the next answer, if the controller means it.
        const isForGood = error instanceof Error && 'retriable' in error && error.retriable === false;
        if (!isForGood) this.#waitingView = newerView(this.#waitingView, view);
      }
    }
  }

  #complain(complaint: string): void {
    if (complaint !== this.#lastComplaint) {
      this.#runtime.trace.log('error', `${complaint}; this broker is fenced until a role change works`);
    }
    this.#lastComplaint = complaint;
  }

  async #perform(transition: Transition): Promise<void> {
    switch (transition.kind) {
      case 'none':
        return;
      case 'become-master':
        return await this.#becomeMaster(transition.view);
      case 'become-slave':
        return await this.#becomeSlave(transition.view, transition.masterBrokerId);
      case 'adopt-sync-state-set':
        return this.#adoptSyncStateSet(transition.view);
      case 'ask-election':
        return this.#askElection();
      case 'register-anew':
        return this.#registration.beginAnew(transition.reason);
      case 'conflict':
        return this.#runtime.fatal(new Error(transition.reason));
    }
  }

  async #becomeMaster(view: ReplicaGroupView): Promise<void> {
    const { masterEpoch, syncStateSet, syncStateSetEpoch } = view;
    const { ha, store } = this.#options;
    this.#setRole({ kind: 'fenced', reason: `becoming master of epoch ${masterEpoch}` });
    this.#ownEpoch = masterEpoch;
    await ha.changeToMaster({ masterEpoch, syncStateSet, syncStateSetEpoch });
    if (this.#isStopped) return;
    // While the change was carried out a replica may have told of a newer epoch.
    if (masterEpoch < this.#knownEpoch) {
      this.#setRole({ kind: 'fenced', reason: `epoch ${masterEpoch} is over already` });
      return;
    }
    store.setRole('master', masterEpoch);
    this.#enterRole({ kind: 'master', masterEpoch, syncStateSetEpoch }, 'this broker');
  }

  async #becomeSlave(view: ReplicaGroupView, masterBrokerId: number): Promise<void> {
    const { masterEpoch, masterAddress } = view;
    const { ha, store } = this.#options;
    const masterHaAddress = haAddressOf(view);
    this.#setRole({
      kind: 'fenced',
      reason: `becoming slave of broker ${masterBrokerId} in epoch ${masterEpoch}`,
    });
    store.setRole('slave', masterEpoch);
    await ha.changeToSlave({ masterEpoch, masterBrokerId, masterHaAddress });
    if (this.#isStopped) return;
    const role: BrokerRole = { kind: 'slave', masterEpoch, masterBrokerId, masterAddress, masterHaAddress };
    this.#enterRole(role, `broker ${masterBrokerId} at ${masterHaAddress}`);
  }

  #adoptSyncStateSet(view: ReplicaGroupView): void {
    if (this.#role.kind !== 'master') return;
    this.#role = { ...this.#role, syncStateSetEpoch: view.syncStateSetEpoch };
    this.#namedAgain(view.masterEpoch);
    this.#options.ha.applySyncStateSet(view.masterEpoch, view.syncStateSet, view.syncStateSetEpoch);
  }

  /** News of a group whose master this broker is already is no promotion (B07). */
  #namedAgain(masterEpoch: number): void {
    if (this.#runtime.seededBugs.has('promote-again-in-place')) {
      this.#options.store.setRole('master', masterEpoch);
    }
  }

  #askElection(): void {
    const brokerId = this.brokerId();
    if (this.#isElecting || brokerId === undefined) return;
    this.#isElecting = true;
    const { broker, controllers } = this.#options;
    const request = electMaster(broker, this.#life(brokerId), this.#runtime.clock.wallMs());
    void controllers.request(request, requestTimeoutMs, { isRepeatable: true }).then(
      (response) => {
        this.#isElecting = false;
        this.#offerAnswer(response);
      },
      () => {
        this.#isElecting = false;
      },
    );
  }

  #enterRole(role: Exclude<BrokerRole, { kind: 'fenced' }>, master: string): void {
    this.#runtime.trace.log('info', `${role.kind} in epoch ${role.masterEpoch}; the master is ${master}`);
    this.#setRole(role);
    this.#sendHeartbeat();
  }

  #setRole(role: BrokerRole): void {
    this.#role = role;
    this.#options.onRole(role);
  }
}
