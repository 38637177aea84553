/** Finds the active controller and asks it. Every controller is looked at by itself: one that hangs delays no other (HOLES.md B34). */
import type { OutgoingRequest } from '../remoting/channel.ts';
import { getMetadataResponseHeader } from '../remoting/header/controller-get-metadata-info.ts';
import type { RemotingClient } from '../remoting/remoting-client.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { RemotingError } from '../remoting/remoting-error.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** No controller answered in time. `sent`: a controller may have carried it out. */
export class ControllerUnavailableError extends Error {
  override readonly name = 'ControllerUnavailableError';
  readonly sent: boolean;
  constructor(message: string, sent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.sent = sent;
  }
}

interface ControllerState {
  /** When its last answer came. */
  answeredAtMs: number;
  /** Since when questions go unanswered; undefined when none is open. */
  silentSinceMs: number | undefined;
  isProbing: boolean;
}

const probeTimeoutMs = 1000;
const attemptTimeoutMs = 1000;
const retryPauseMs = 50;
/**
 * A connection that brings no answer for so long is replaced by a new one. Far above the heartbeat timeout: closing earlier could tell a
 * controller that hears us well, but whose answers are cut off, that we are dead.
 */
const silentConnectionMs = 10_000;

export class ControllerClient {
  readonly #runtime: Runtime;
  readonly #client: RemotingClient;
  /** Those of the file, and those that the active one names. */
  readonly #controllers: Map<string, ControllerState>;
  readonly #ofFile: ReadonlySet<string>;
  readonly #probePeriodMs: number;
  #leaderAddress: string | undefined;
  #timer: Timer | undefined;
  #isStopped = false;
  #lastProbeMs = 0;

  constructor(
    runtime: Runtime,
    client: RemotingClient,
    options: { readonly addresses: readonly string[]; readonly probePeriodMs: number },
  ) {
    this.#runtime = runtime;
    this.#client = client;
    this.#probePeriodMs = options.probePeriodMs;
    this.#ofFile = new Set(options.addresses);
    this.#controllers = new Map(options.addresses.map((address) => [address, newState()]));
    client.onClose((address) => {
      if (address === this.#leaderAddress) this.#leaderAddress = undefined;
      if (this.#controllers.has(address)) this.#probeAll();
    });
  }

  start(): void {
    this.#tick();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  addresses(): Iterable<string> {
    return this.#controllers.keys();
  }

  /** Undefined while none is known. */
  leaderAddress(): string | undefined {
    return this.#leaderAddress;
  }

  /** A one-way request to every controller, whether it seems reachable or not (HOLES.md B36). */
  onewayToAll(request: OutgoingRequest): void {
    const extFieldsJson = JSON.stringify(request.extFields ?? {});
    for (const address of this.#controllers.keys())
      this.#client.oneway(address, { ...request, extFieldsJson });
  }

  /**
   * The answer of the active controller, whatever its code (but for 2007). What surely was not carried out is tried again until the time is
   * over; what may have been is tried again only when `isRepeatable`. Rejects with ControllerUnavailableError.
   */
  async request(
    request: OutgoingRequest,
    timeoutMs: number,
    options: { readonly isRepeatable: boolean },
  ): Promise<RemotingCommand> {
    const deadlineMs = this.#runtime.clock.monotonicMs() + timeoutMs;
    let cause: unknown = new Error('no controller is known to be active');
    let wasSent = false;
    while (!this.#isStopped) {
      const leftMs = deadlineMs - this.#runtime.clock.monotonicMs();
      if (leftMs <= 0) break;
      const address = this.#leaderAddress;
      if (address !== undefined) {
        try {
          const response = await this.#client.request(address, request, Math.min(leftMs, attemptTimeoutMs));
          if (response.code !== ResponseCode.CONTROLLER_NOT_LEADER) return response;
          cause = new Error(`${address} is not the active controller`);
        } catch (error) {
          cause = error;
          wasSent ||= !(error instanceof RemotingError) || error.sent;
          if (wasSent && !options.isRepeatable) break;
        }
        if (this.#leaderAddress === address) this.#leaderAddress = undefined;
      }
      this.#probeAll();
      await this.#pause();
    }
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new ControllerUnavailableError(`no answer of the active controller: ${detail}`, wasSent, { cause });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#runtime.clock.after(retryPauseMs, resolve);
    });
  }

  #tick(): void {
    if (this.#isStopped) return;
    this.#probeAll();
    this.#timer = this.#runtime.clock.after(this.#probePeriodMs, () => this.#tick());
  }

  #probeAll(): void {
    const nowMs = this.#runtime.clock.monotonicMs();
    // A process that was stopped finds every answer late: nobody was silent, it was deaf.
    const wasDeaf = this.#lastProbeMs !== 0 && nowMs - this.#lastProbeMs > this.#probePeriodMs + 1000;
    this.#lastProbeMs = nowMs;
    for (const [address, state] of this.#controllers) {
      if (wasDeaf) state.silentSinceMs = undefined;
      this.#probe(address, state, nowMs);
    }
  }

  #probe(address: string, state: ControllerState, nowMs: number): void {
    if (state.isProbing || this.#isStopped) return;
    state.isProbing = true;
    state.silentSinceMs ??= nowMs;
    const request = { code: RequestCode.CONTROLLER_GET_METADATA_INFO };
    this.#client.send(address, request, probeTimeoutMs, (_error, response) => {
      state.isProbing = false;
      if (this.#isStopped) return;
      const doneMs = this.#runtime.clock.monotonicMs();
      if (response !== undefined) {
        state.silentSinceMs = undefined;
        state.answeredAtMs = doneMs;
        this.#learn(address, response);
      } else if (state.silentSinceMs !== undefined && doneMs - state.silentSinceMs > silentConnectionMs) {
        state.silentSinceMs = undefined;
        this.#client.closeAddress(address);
      }
    });
  }

  #learn(address: string, response: RemotingCommand): void {
    if (response.code !== ResponseCode.SUCCESS) return;
    const { isLeader, peers } = getMetadataResponseHeader.decode(response.extFields);
    if (isLeader) {
      this.#leaderAddress = address;
      this.#follow(parsePeers(peers ?? ''));
    } else if (this.#leaderAddress === address) this.#leaderAddress = undefined;
  }

  /** Controllers come and go. Those of the file stay, for all that is known may be out of date when this broker comes back. */
  #follow(addresses: readonly string[]): void {
    for (const address of addresses)
      if (!this.#controllers.has(address)) this.#controllers.set(address, newState());
    for (const address of [...this.#controllers.keys()])
      if (!this.#ofFile.has(address) && !addresses.includes(address)) this.#controllers.delete(address);
  }
}

function newState(): ControllerState {
  return { answeredAtMs: 0, silentSinceMs: undefined, isProbing: false };
}

/** The addresses in "n0:host:port;n1:host:port;". */
function parsePeers(text: string): readonly string[] {
  return text.split(';').flatMap((peer) => (peer.includes(':') ? [peer.slice(peer.indexOf(':') + 1)] : []));
}
