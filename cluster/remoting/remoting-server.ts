/** Listens, hands each request to the handler of its code and sends the answers. */
import type { ByteStream, HostPort, Listener } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Channel, RequestHandler } from './channel.ts';
import { RemotingConnection, unsentBytesMaxDefault, unsentBytesPausedDefault } from './connection.ts';
import { frameBytesMaxDefault } from './frame.ts';
import { isResponse } from './remoting-command.ts';
import { RequestIntake } from './request-intake.ts';

export type { Channel, OutgoingRequest, RequestContext, RequestHandler, Response } from './channel.ts';

/** As Java's serverChannelMaxIdleTimeSeconds. */
const idleTimeoutMsDefault = 120_000;
/** A peer with so many requests unanswered is not listened to until half of them are answered. */
const unansweredRequestsMaxDefault = 16_384;

export interface RemotingServerOptions {
  readonly listen: HostPort;
  readonly frameBytesMax?: number;
  /** A connection without bytes in either direction for so long is closed. */
  readonly idleTimeoutMs?: number;
  /** A peer that leaves so much unread is not listened to until it reads on. */
  readonly unsentBytesPaused?: number;
  /** A peer that leaves so much unread is closed. */
  readonly unsentBytesMax?: number;
  /** Per connection. */
  readonly unansweredRequestsMax?: number;
}

export class RemotingServer {
  readonly #runtime: Runtime;
  readonly #options: RemotingServerOptions;
  readonly #idleTimeoutMs: number;
  readonly #intake: RequestIntake;
  readonly #connections = new Set<RemotingConnection>();
  readonly #closeListeners: ((channel: Channel) => void)[] = [];
  #listener: Listener | undefined;
  #lastChannelId = 0;
  #isStopped = false;

  constructor(runtime: Runtime, options: RemotingServerOptions) {
    this.#runtime = runtime;
    this.#options = options;
    this.#idleTimeoutMs = options.idleTimeoutMs ?? idleTimeoutMsDefault;
    this.#intake = new RequestIntake(runtime, options.unansweredRequestsMax ?? unansweredRequestsMaxDefault);
  }

  handle(code: number, handler: RequestHandler): void {
    this.#intake.handle(code, handler);
  }

  onChannelClose(listener: (channel: Channel) => void): void {
    this.#closeListeners.push(listener);
  }

  /** Returns the address in use. Rejects with NetworkError when it cannot be had. */
  async start(): Promise<HostPort> {
    const listener = await this.#runtime.network.listen(this.#options.listen, (stream) => {
      if (this.#isStopped) stream.destroy();
      else this.#accept(stream);
    });
    this.#listener = listener;
    this.#sweepLater();
    return listener.address;
  }

  /** Stops listening and closes every connection, after what was answered is sent. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#listener?.close();
    for (const connection of [...this.#connections]) connection.end();
  }

  /** Zero once every request that was read is answered and no handler's promise is left. */
  unansweredRequests(): number {
    return this.#intake.unansweredRequests();
  }

  /** A peer's close is seen after all its bytes: connections gone means that nothing of theirs is unread. */
  openChannels(): number {
    return this.#connections.size;
  }

  #accept(stream: ByteStream): void {
    const connection = new RemotingConnection(this.#runtime, stream, {
      id: ++this.#lastChannelId,
      frameBytesMax: this.#options.frameBytesMax ?? frameBytesMaxDefault,
      unsentBytesPaused: this.#options.unsentBytesPaused ?? unsentBytesPausedDefault,
      unsentBytesMax: this.#options.unsentBytesMax ?? unsentBytesMaxDefault,
      onCommand: (from, command) => {
        // A response to a request of ours: servers send one-way requests only, so nobody waits for it.
        if (!isResponse(command)) this.#intake.take(from, command);
      },
      onClose: (closed) => this.#closed(closed),
    });
    this.#connections.add(connection);
    this.#intake.opened(connection);
  }

  #closed(connection: RemotingConnection): void {
    this.#connections.delete(connection);
    this.#intake.closed(connection);
    for (const listener of this.#closeListeners) listener(connection);
  }

  #sweepLater(): void {
    this.#runtime.clock.after(this.#idleTimeoutMs / 4, () => {
      if (this.#isStopped) return;
      // Input that came while this process was stopped is read first: it is a sign of life.
      this.#runtime.clock.soon(() => this.#sweep());
      this.#sweepLater();
    });
  }

  #sweep(): void {
    const idleSinceMs = this.#runtime.clock.monotonicMs() - this.#idleTimeoutMs;
    for (const connection of [...this.#connections]) {
      if (connection.lastActivityMs <= idleSinceMs) connection.close();
    }
  }
}
