/** Sends requests to many addresses, over one shared connection each, and pairs the answers. */
import type { Runtime } from '../runtime/runtime.ts';
import { parseAddress } from './address.ts';
import type { OutgoingRequest, RequestHandler } from './channel.ts';
import { unsentBytesMaxDefault } from './connection.ts';
import { DeadlineWheel } from './deadline-wheel.ts';
import { Peer, type PeerOptions } from './peer.ts';
import { PendingRequest, type RequestDone } from './pending-request.ts';
import type { RemotingCommand } from './remoting-command.ts';
import { RemotingError } from './remoting-error.ts';

/** As Java's connectTimeoutMillis. */
const connectTimeoutMsDefault = 3_000;

export interface RemotingClientOptions {
  readonly connectTimeoutMs?: number;
  /** With so many bytes unsent a peer counts as one that does not read, and gets no more requests. */
  readonly unsentBytesMax?: number;
  /** Answers requests of servers, such as NOTIFY_BROKER_ROLE_CHANGED. */
  readonly onRequest?: RequestHandler;
}

export class RemotingClient {
  readonly #runtime: Runtime;
  readonly #deadlines: DeadlineWheel;
  readonly #peerOptions: PeerOptions;
  readonly #peers = new Map<string, Peer>();
  readonly #closeListeners: ((address: string) => void)[] = [];
  #isStopped = false;

  constructor(runtime: Runtime, options: RemotingClientOptions = {}) {
    this.#runtime = runtime;
    this.#deadlines = new DeadlineWheel(runtime.clock);
    this.#peerOptions = {
      connectTimeoutMs: options.connectTimeoutMs ?? connectTimeoutMsDefault,
      unsentBytesMax: options.unsentBytesMax ?? unsentBytesMaxDefault,
      onRequest: options.onRequest,
      onClose: (address) => {
        for (const listener of this.#closeListeners) listener(address);
      },
    };
  }

  /** Rejects with RemotingError alone. */
  request(address: string, request: OutgoingRequest, timeoutMs: number): Promise<RemotingCommand> {
    return new Promise((resolve, reject) => {
      this.send(address, request, timeoutMs, (error, response) => {
        if (response !== undefined) resolve(response);
        else reject(error);
      });
    });
  }

  /** Calls `done` once, in a later turn, with an error or with the response, whatever its code. */
  send(address: string, request: OutgoingRequest, timeoutMs: number, done: RequestDone): void {
    this.#send(address, request, timeoutMs, done, false);
  }

  /** As `send`, but reading the response's extFields may throw FrameError: they are parsed then. For hot paths. */
  sendLazily(address: string, request: OutgoingRequest, timeoutMs: number, done: RequestDone): void {
    this.#send(address, request, timeoutMs, done, true);
  }

  /** Sends if it can; nobody learns whether it arrived. */
  oneway(address: string, request: OutgoingRequest): void {
    (this.#peers.get(address) ?? this.#addPeer(address))?.oneway(request);
  }

  /** Called when an established connection has closed, whoever closed it. */
  onClose(listener: (address: string) => void): void {
    this.#closeListeners.push(listener);
  }

  /** Closes the connection, if there is one; requests in flight fail as closed. The next request connects anew. */
  closeAddress(address: string): void {
    this.#peers.get(address)?.close('closed');
  }

  /** Requests in flight fail as stopped, and so does every later one. */
  stop(): void {
    this.#isStopped = true;
    for (const peer of [...this.#peers.values()]) peer.close('stopped');
    this.#peers.clear();
    this.#deadlines.clear();
  }

  #send(
    address: string,
    request: OutgoingRequest,
    timeoutMs: number,
    done: RequestDone,
    isLazy: boolean,
  ): void {
    const peer = this.#peers.get(address) ?? this.#addPeer(address);
    if (peer === undefined) {
      this.#refuse(address, done);
      return;
    }
    const pending = new PendingRequest(peer, request, timeoutMs, done, isLazy);
    this.#deadlines.add(pending, timeoutMs);
    peer.send(pending);
  }

  #addPeer(address: string): Peer | undefined {
    const hostPort = this.#isStopped ? undefined : parseAddress(address);
    if (hostPort === undefined) return undefined;
    const peer = new Peer(this.#runtime, address, hostPort, this.#deadlines, this.#peerOptions);
    this.#peers.set(address, peer);
    return peer;
  }

  #refuse(address: string, done: RequestDone): void {
    const error = this.#isStopped
      ? new RemotingError('stopped', address, false, `the client is stopped; nothing was sent to ${address}`)
      : new RemotingError(
          'bad-address',
          address,
          false,
          `wanted an address as "host:port", got ${JSON.stringify(address)}`,
        );
    this.#runtime.clock.soon(() => done(error, undefined));
  }
}
