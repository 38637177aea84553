/** The client's side of one address: connects when there is something to send, holds what waits for an answer. */
import type { ByteStream, HostPort } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { OutgoingRequest, RequestHandler } from './channel.ts';
import { RemotingConnection } from './connection.ts';
import type { DeadlineWheel } from './deadline-wheel.ts';
import { frameBytesMaxDefault } from './frame.ts';
import { LazyJsonCommand } from './lazy-json-header.ts';
import type { PendingRequest, RequestOwner } from './pending-request.ts';
import { isResponse, type RemotingCommand } from './remoting-command.ts';
import { RemotingError, type RemotingErrorKind } from './remoting-error.ts';
import { RequestIntake } from './request-intake.ts';
import { SentRequests } from './sent-requests.ts';

export interface PeerOptions {
  readonly connectTimeoutMs: number;
  readonly unsentBytesMax: number;
  readonly onRequest: RequestHandler | undefined;
  readonly onClose: (address: string) => void;
}

/** One-way requests kept while the connection is being made. */
const onewaysKeptMax = 1024;
/** Requests of the server that may be unanswered. */
const unansweredRequestsMax = 1024;

export class Peer implements RequestOwner {
  readonly #runtime: Runtime;
  readonly #address: string;
  readonly #hostPort: HostPort;
  readonly #deadlines: DeadlineWheel;
  readonly #options: PeerOptions;
  readonly #intake: RequestIntake;
  #connection: RemotingConnection | undefined;
  #isConnecting = false;
  /** Goes up when a connection attempt is given up, so that its late end is known as such. */
  #attempt = 0;
  /** Not sent: they wait for the connection. */
  readonly #unsent = new Set<PendingRequest>();
  #unsentOneways: OutgoingRequest[] = [];
  /** Sent on the present connection, by opaque. */
  readonly #sent = new SentRequests();

  constructor(
    runtime: Runtime,
    address: string,
    hostPort: HostPort,
    deadlines: DeadlineWheel,
    options: PeerOptions,
  ) {
    this.#runtime = runtime;
    this.#address = address;
    this.#hostPort = hostPort;
    this.#deadlines = deadlines;
    this.#options = options;
    this.#intake = new RequestIntake(runtime, unansweredRequestsMax, options.onRequest);
  }

  send(pending: PendingRequest): void {
    const connection = this.#connection;
    if (connection === undefined) {
      this.#unsent.add(pending);
      this.#connect();
    } else if (connection.unsentBytes() > this.#options.unsentBytesMax) {
      this.#unsent.add(pending);
      this.#runtime.clock.soon(() => this.#refuseUnread(pending));
    } else {
      this.#write(connection, pending);
    }
  }

  oneway(request: OutgoingRequest): void {
    if (this.#connection !== undefined) {
      if (this.#connection.unsentBytes() <= this.#options.unsentBytesMax) this.#connection.oneway(request);
      return;
    }
    if (this.#unsentOneways.length < onewaysKeptMax) this.#unsentOneways.push(request);
    this.#connect();
  }

  expired(pending: PendingRequest): void {
    const isSent = !this.#unsent.delete(pending);
    if (isSent) this.#sent.remove(pending.opaque);
    const state = isSent ? 'gave no answer' : 'could not be reached';
    pending.done(
      this.#error('timeout', isSent, `${this.#address} ${state} within ${pending.timeoutMs} ms`),
      undefined,
    );
  }

  close(kind: 'closed' | 'stopped'): void {
    this.#attempt++;
    this.#isConnecting = false;
    this.#unsentOneways = [];
    const connection = this.#connection;
    this.#connection = undefined;
    const message =
      kind === 'closed' ? `this side closed the connection to ${this.#address}` : 'the client was stopped';
    this.#failAll(kind, message, undefined);
    connection?.close();
  }

  #write(connection: RemotingConnection, pending: PendingRequest): void {
    const request = pending.request;
    if (request === undefined) return;
    pending.request = undefined;
    pending.opaque = connection.nextOpaque();
    this.#sent.add(pending);
    connection.sendRequest(request, pending.opaque, 0);
  }

  #connect(): void {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    const attempt = ++this.#attempt;
    void this.#runtime.network.connect(this.#hostPort, this.#options.connectTimeoutMs).then(
      (stream) => {
        if (attempt === this.#attempt) this.#connected(stream);
        else stream.destroy();
      },
      (error: unknown) => {
        if (attempt === this.#attempt) this.#connectFailed(error);
      },
    );
  }

  #connected(stream: ByteStream): void {
    this.#isConnecting = false;
    const connection = new RemotingConnection(this.#runtime, stream, {
      id: this.#attempt,
      frameBytesMax: frameBytesMaxDefault,
      unsentBytesMax: Number.POSITIVE_INFINITY,
      onCommand: (from, command) => this.#take(from, command),
      onClose: (closed, error) => this.#closed(closed, error),
    });
    this.#connection = connection;
    this.#intake.opened(connection);
    const oneways = this.#unsentOneways;
    this.#unsentOneways = [];
    for (const request of oneways) connection.oneway(request);
    const waiting = [...this.#unsent];
    this.#unsent.clear();
    for (const pending of waiting) this.#write(connection, pending);
  }

  #connectFailed(error: unknown): void {
    this.#isConnecting = false;
    this.#unsentOneways = [];
    const reason = error instanceof Error ? error.message : String(error);
    this.#failAll('connect-failed', `no connection to ${this.#address}: ${reason}`, error);
  }

  #take(connection: RemotingConnection, command: RemotingCommand): void {
    if (!isResponse(command)) {
      this.#intake.take(connection, command);
      return;
    }
    const pending = this.#sent.get(command.opaque);
    if (command instanceof LazyJsonCommand && pending?.isLazy !== true) command.parseExtFields();
    // An answer that nobody waits for any more comes after a time-out.
    if (pending === undefined) return;
    this.#sent.remove(command.opaque);
    this.#deadlines.remove(pending);
    pending.done(undefined, command);
  }

  #closed(connection: RemotingConnection, error: Error | undefined): void {
    this.#intake.closed(connection);
    if (this.#connection === connection) {
      this.#connection = undefined;
      const reason = error === undefined ? '' : `: ${error.message}`;
      this.#failAll('closed', `the connection to ${this.#address} closed before the answer${reason}`, error);
    }
    this.#options.onClose(this.#address);
  }

  #refuseUnread(pending: PendingRequest): void {
    if (!this.#unsent.delete(pending)) return;
    this.#deadlines.remove(pending);
    pending.done(
      this.#error('closed', false, `${this.#address} does not read; the request was not sent`),
      undefined,
    );
  }

  #failAll(kind: RemotingErrorKind, message: string, cause: unknown): void {
    const sent = this.#sent.takeAll();
    const unsent = [...this.#unsent];
    this.#unsent.clear();
    for (const pending of sent) {
      this.#deadlines.remove(pending);
      pending.done(this.#error(kind, true, message, cause), undefined);
    }
    for (const pending of unsent) {
      this.#deadlines.remove(pending);
      pending.done(this.#error(kind, false, message, cause), undefined);
    }
  }

  #error(kind: RemotingErrorKind, isSent: boolean, message: string, cause?: unknown): RemotingError {
    return new RemotingError(
      kind,
      this.#address,
      isSent,
      message,
      cause === undefined ? undefined : { cause },
    );
  }
}
