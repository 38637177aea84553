/**
 * Gives this broker its id and its role: registers at the controller, keeps it informed, and carries out what it decides.
 *
 * Every role change is: fence, persist the epoch (the HA service does), change, unfence. One at a time; one that fails is tried again and leaves
 * the broker fenced until then.
 */
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { BrokerIdentityFiles } from './broker-identity.ts';
import { claimBrokerId } from './claim-broker-id.ts';
import type { ControllerClient } from './controller-client.ts';
import {
  alterSyncStateSet,
  type BrokerAddresses,
  type BrokerLife,
  brokerHeartbeat,
  electMaster,
  getReplicaInfo,
  registerBroker,
} from './controller-requests.ts';
import type { Incarnation } from './incarnation.ts';
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
import { type ProposalOutcome, proposalOutcome } from './sync-state-set-proposal.ts';

/** What it needs of the HA service. */
export interface RoleHolder {
  roleEpoch(): number;
  suspect(): boolean;
  epochs(): readonly { readonly epoch: number; readonly startOffset: number }[];
  changeToMaster(role: {
    masterEpoch: number;
    syncStateSet: ReadonlySet<number>;
    syncStateSetEpoch: number;
  }): Promise<void>;
  changeToSlave(role: {
    masterEpoch: number;
    masterBrokerId: number;
    masterHaAddress: string;
  }): Promise<void>;
  applySyncStateSet(masterEpoch: number, set: ReadonlySet<number>, setEpoch: number): void;
}

/** What it needs of the store. */
export interface RoleStore {
  maxOffset(): number;
  confirmOffset(): number;
  setRole(role: 'master' | 'slave', stateVersion: number): void;
}

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
  #brokerId: number | undefined;
  #role: BrokerRole = { kind: 'fenced', reason: 'the role is not known yet' };
  #knownEpoch = 0;
  #ownEpoch = 0;
  #epochAtRegistration = 0;
  /** The controller has answered the registration of this incarnation. Before it nothing it says is about this life. */
  #isRegistered = false;
  #isRegistering = false;
  #isChanging = false;
  #isPolling = false;
  #isElecting = false;
  #isStopped = false;
  #waitingView: ReplicaGroupView | undefined;
  readonly #timers: Timer[] = [];

  constructor(runtime: Runtime, options: ReplicasManagerOptions) {
    this.#runtime = runtime;
    this.#options = options;
  }

  /** Rejects with BrokerIdentityError when the store belongs to another broker. Registration goes on in the background. */
  async start(): Promise<void> {
    this.#brokerId = (await this.#options.identities.identity())?.brokerId;
    this.#runtime.trace.emit('node-started', { incarnation: this.#options.incarnation.current() });
    this.#timers.push(
      repeat(this.#runtime, 'the heartbeat to the controllers', this.#options.heartbeatIntervalMs, () =>
        this.#sendHeartbeat(),
      ),
      repeat(this.#runtime, 'the question for the role', this.#options.pollIntervalMs, () => this.poll()),
    );
    this.#register();
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#setRole({ kind: 'fenced', reason: 'the broker stops' });
  }

  role(): BrokerRole {
    return this.#role;
  }

  /** Undefined before the controller gave one. */
  brokerId(): number | undefined {
    return this.#brokerId;
  }

  /** A push (1008) that came over the channel of the heartbeats. */
  onRoleNotice(command: RemotingCommand): void {
    const view = readReplicaGroupView(command);
    if (view !== undefined && this.#isRegistered) this.#offer(view);
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
    if (!this.#isRegistered || this.#isPolling || this.#isStopped) return;
    this.#isPolling = true;
    const request = getReplicaInfo(this.#options.broker);
    void this.#options.controllers.request(request, requestTimeoutMs, { isRepeatable: true }).then(
      (response) => {
        this.#isPolling = false;
        if (response.code === ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST)
          this.#registerAnew(response.remark);
        else this.#offerAnswer(response);
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
    const masterBrokerId = this.#brokerId;
    if (masterBrokerId === undefined)
      return { kind: 'rejected', code: ResponseCode.CONTROLLER_INVALID_MASTER };
    const incarnations = new Map(proposal.incarnations).set(
      masterBrokerId,
      this.#options.incarnation.current(),
    );
    const request = alterSyncStateSet(
      this.#options.broker,
      { ...proposal, masterBrokerId, incarnations },
      this.#runtime.clock.wallMs(),
    );
    const outcome = await proposalOutcome(
      this.#options.controllers.request(request, requestTimeoutMs, { isRepeatable: false }),
    );
    const role = this.#role;
    if (outcome.kind !== 'adopted') {
      // Whatever it was, the controller knows better now than the last answer said.
      this.poll();
    } else if (role.kind === 'master' && role.masterEpoch === proposal.masterEpoch) {
      const syncStateSetEpoch = Math.max(role.syncStateSetEpoch, outcome.syncStateSetEpoch);
      this.#role = { ...role, syncStateSetEpoch };
    }
    return outcome;
  }

  #life(brokerId: number): BrokerLife {
    return {
      brokerId,
      incarnation: this.#options.incarnation.current(),
      isSuspect: this.#options.ha.suspect(),
    };
  }

  #sendHeartbeat(): void {
    if (this.#brokerId === undefined || this.#isStopped) return;
    const { ha, store, controllers, broker } = this.#options;
    controllers.onewayToAll(
      brokerHeartbeat(broker, this.#life(this.#brokerId), {
        epoch: ha.epochs().at(-1)?.epoch ?? 0,
        maxOffset: store.maxOffset(),
        confirmOffset: store.confirmOffset(),
        heartbeatTimeoutMills: this.#options.heartbeatTimeoutMs,
        electionPriority: this.#options.electionPriority,
        roleEpoch: this.#role.kind === 'fenced' ? (ha.epochs().at(-1)?.epoch ?? 0) : this.#role.masterEpoch,
        syncStateSetEpoch: this.#role.kind === 'master' ? this.#role.syncStateSetEpoch : undefined,
      }),
    );
  }

  #registerAnew(reason: string | null): void {
    if (this.#isRegistering || this.#isStopped) return;
    this.#options.incarnation.beginNext();
    this.#isRegistered = false;
    this.#runtime.trace.log(
      'info',
      `registering at the controller as ${this.#options.incarnation.current()}: ${reason ?? ''}`,
    );
    this.#register();
  }

  #register(): void {
    if (this.#isRegistering) return;
    this.#isRegistering = true;
    void this.#registerUntilDone().then(
      (view) => {
        this.#isRegistering = false;
        if (view === undefined) return;
        this.#isRegistered = true;
        this.#epochAtRegistration = view.masterEpoch;
        this.#offer(view);
      },
      (error: unknown) => this.#runtime.fatal(error instanceof Error ? error : new Error(String(error))),
    );
  }

  async #registerUntilDone(): Promise<ReplicaGroupView | undefined> {
    let lastComplaint = '';
    while (!this.#isStopped) {
      try {
        return await this.#registerOnce();
      } catch (error) {
        const complaint = error instanceof Error ? error.message : String(error);
        if (complaint !== lastComplaint) {
          this.#runtime.trace.log('warn', `cannot register at the controller yet: ${complaint}`);
        }
        lastComplaint = complaint;
        await this.#pause(retryPauseMs);
      }
    }
    return undefined;
  }

  async #registerOnce(): Promise<ReplicaGroupView> {
    const { broker, controllers, identities } = this.#options;
    const brokerId =
      this.#brokerId ?? (await claimBrokerId(this.#runtime, { broker, controllers, identities }));
    this.#brokerId = brokerId;
    // Elections look at heartbeats: the one that may follow from the registration must find this replica's log end.
    this.#sendHeartbeat();
    const request = registerBroker(broker, this.#life(brokerId), this.#runtime.clock.wallMs());
    const response = await controllers.request(request, requestTimeoutMs, { isRepeatable: true });
    if (response.code === ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED) {
      await claimBrokerId(this.#runtime, { broker, controllers, identities }, brokerId);
      throw new Error(`the controller did not know broker ${brokerId}, and took it up again`);
    }
    const view = response.code === ResponseCode.SUCCESS ? readReplicaGroupView(response) : undefined;
    if (view === undefined) {
      // A life that the controller holds for over: only a new one can register.
      this.#options.incarnation.beginNext();
      throw new Error(`request 1003 was answered ${response.code} ${response.remark ?? ''}`);
    }
    return view;
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#runtime.clock.after(delayMs, resolve);
    });
  }

  #offerAnswer(response: RemotingCommand): void {
    const isAnswer =
      response.code === ResponseCode.SUCCESS || response.code === ResponseCode.CONTROLLER_MASTER_STILL_EXIST;
    const view = isAnswer ? readReplicaGroupView(response) : undefined;
    if (view !== undefined && this.#isRegistered) this.#offer(view);
  }

  #offer(view: ReplicaGroupView): void {
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

  async #actOnViews(): Promise<void> {
    while (this.#waitingView !== undefined && this.#brokerId !== undefined && !this.#isStopped) {
      const view = this.#waitingView;
      this.#waitingView = undefined;
      const transition = decideRole(
        {
          brokerId: this.#brokerId,
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
      } catch (error) {
        this.#runtime.trace.log(
          'error',
          `${transition.kind} of epoch ${view.masterEpoch} failed, fenced until it works: ${String(error)}`,
        );
        await this.#pause(retryPauseMs);
        this.#waitingView = newerView(this.#waitingView, view);
      }
    }
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
        return this.#registerAnew(transition.reason);
      case 'conflict':
        return this.#runtime.fatal(new Error(transition.reason));
    }
  }

  async #becomeMaster(view: ReplicaGroupView): Promise<void> {
    const { masterEpoch, syncStateSet, syncStateSetEpoch } = view;
    const { ha, store } = this.#options;
    this.#fence(`becoming master of epoch ${masterEpoch}`);
    this.#ownEpoch = masterEpoch;
    await ha.changeToMaster({ masterEpoch, syncStateSet, syncStateSetEpoch });
    if (this.#isStopped) return;
    store.setRole('master', masterEpoch);
    this.#enterRole({ kind: 'master', masterEpoch, syncStateSetEpoch });
  }

  async #becomeSlave(view: ReplicaGroupView, masterBrokerId: number): Promise<void> {
    const { masterEpoch, masterAddress } = view;
    const { ha, store } = this.#options;
    const masterHaAddress = haAddressOf(view);
    this.#fence(`becoming slave of broker ${masterBrokerId} in epoch ${masterEpoch}`);
    store.setRole('slave', masterEpoch);
    await ha.changeToSlave({ masterEpoch, masterBrokerId, masterHaAddress });
    if (this.#isStopped) return;
    this.#enterRole({ kind: 'slave', masterEpoch, masterBrokerId, masterAddress, masterHaAddress });
  }

  #adoptSyncStateSet(view: ReplicaGroupView): void {
    if (this.#role.kind !== 'master') return;
    this.#role = { ...this.#role, syncStateSetEpoch: view.syncStateSetEpoch };
    this.#options.ha.applySyncStateSet(view.masterEpoch, view.syncStateSet, view.syncStateSetEpoch);
  }

  #askElection(): void {
    if (this.#isElecting || this.#brokerId === undefined) return;
    this.#isElecting = true;
    const { broker, controllers } = this.#options;
    const request = electMaster(broker, this.#life(this.#brokerId), this.#runtime.clock.wallMs());
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

  #fence(reason: string): void {
    this.#setRole({ kind: 'fenced', reason });
  }

  #enterRole(role: BrokerRole): void {
    // While the change was carried out a replica may have told of a newer epoch.
    if (role.kind === 'master' && role.masterEpoch < this.#knownEpoch) {
      this.#fence(`epoch ${role.masterEpoch} is over already`);
      return;
    }
    if (role.kind !== 'fenced') {
      const masterBrokerId = role.kind === 'slave' ? role.masterBrokerId : (this.#brokerId ?? -1);
      this.#runtime.trace.log(
        'info',
        `${role.kind} in epoch ${role.masterEpoch}; its master is broker ${masterBrokerId}`,
      );
    }
    this.#setRole(role);
    this.#sendHeartbeat();
  }

  #setRole(role: BrokerRole): void {
    this.#role = role;
    this.#options.onRole(role);
  }
}
