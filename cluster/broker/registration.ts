/** Makes a life of this broker known to the controller: claims an id once, registers (1003) until it is answered. */
import { ResponseCode } from '../remoting/response-code.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { BrokerIdentityFiles } from './broker-identity.ts';
import { claimBrokerId } from './claim-broker-id.ts';
import type { ControllerClient } from './controller-client.ts';
import { type BrokerAddresses, registerBroker } from './controller-requests.ts';
import type { Incarnation } from './incarnation.ts';
import { readReplicaGroupView } from './replica-group-view.ts';
import type { ReplicaGroupView } from './replicas-decision.ts';

export interface RegistrationOptions {
  readonly broker: BrokerAddresses;
  readonly incarnation: Incarnation;
  readonly controllers: ControllerClient;
  readonly identities: BrokerIdentityFiles;
  readonly isSuspect: () => boolean;
  /** Elections look at heartbeats: the one that may follow from a registration must find this replica's log end. */
  readonly beforeRegister: () => void;
  readonly onRegistered: (view: ReplicaGroupView) => void;
}

const requestTimeoutMs = 1000;
const retryPauseMs = 100;

export class Registration {
  readonly #runtime: Runtime;
  readonly #options: RegistrationOptions;
  #brokerId: number | undefined;
  #state: 'none' | 'under-way' | 'registered' | 'stopped' = 'none';

  constructor(runtime: Runtime, options: RegistrationOptions) {
    this.#runtime = runtime;
    this.#options = options;
  }

  /** Rejects with BrokerIdentityError when the store belongs to another broker. The rest goes on in the background. */
  async start(): Promise<void> {
    this.#brokerId = (await this.#options.identities.identity())?.brokerId;
    this.#begin();
  }

  stop(): void {
    this.#state = 'stopped';
  }

  /** Undefined before the controller gave one. */
  brokerId(): number | undefined {
    return this.#brokerId;
  }

  /** The controller has answered the registration of this incarnation. Before it nothing it says is about this life. */
  isRegistered(): boolean {
    return this.#state === 'registered';
  }

  /** As another incarnation. Does nothing while a registration is under way. */
  beginAnew(reason: string): void {
    if (this.#state !== 'registered') return;
    this.#options.incarnation.beginNext();
    this.#runtime.trace.log(
      'info',
      `registering at the controller as ${this.#options.incarnation.current()}: ${reason}`,
    );
    this.#begin();
  }

  #begin(): void {
    this.#state = 'under-way';
    void this.#untilDone().then(
      (view) => {
        if (view === undefined || this.#state === 'stopped') return;
        this.#state = 'registered';
        this.#options.onRegistered(view);
      },
      (error: unknown) => this.#runtime.fatal(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /** Undefined when it was stopped before. */
  async #untilDone(): Promise<ReplicaGroupView | undefined> {
    let lastComplaint = '';
    while (this.#state !== 'stopped') {
      try {
        return await this.#once();
      } catch (error) {
        const complaint = error instanceof Error ? error.message : String(error);
        if (complaint !== lastComplaint) {
          this.#runtime.trace.log('warn', `cannot register at the controller yet: ${complaint}`);
        }
        lastComplaint = complaint;
        await new Promise<void>((resolve) => this.#runtime.clock.after(retryPauseMs, resolve));
      }
    }
    return undefined;
  }

  async #once(): Promise<ReplicaGroupView> {
    const { broker, controllers, incarnation } = this.#options;
    const brokerId = this.#brokerId ?? (await claimBrokerId(this.#runtime, this.#options));
    this.#brokerId = brokerId;
    this.#options.beforeRegister();
    const life = { brokerId, incarnation: incarnation.current(), isSuspect: this.#options.isSuspect() };
    const request = registerBroker(broker, life, this.#runtime.clock.wallMs());
    const response = await controllers.request(request, requestTimeoutMs, { isRepeatable: true });
    if (response.code === ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED) {
      await claimBrokerId(this.#runtime, this.#options, brokerId);
      throw new Error(`the controller did not know broker ${brokerId}, and took it up again`);
    }
    const view = response.code === ResponseCode.SUCCESS ? readReplicaGroupView(response) : undefined;
    if (view === undefined) {
      // A life that the controller holds for over: only a new one can register.
      if (response.code === ResponseCode.CONTROLLER_INVALID_REQUEST) incarnation.beginNext();
      throw new Error(`request 1003 was answered ${response.code} ${response.remark ?? ''}`);
    }
    return view;
  }
}
