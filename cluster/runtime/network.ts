/** Byte streams between hosts. Chunks are cut anywhere: a reader never takes a chunk for a message. */
import { StacklessError } from './stackless-error.ts';

export interface HostPort {
  /** A host name, looked up in the node's hosts table, or a numeric address. */
  readonly host: string;
  /** 1..65535; 0 in `listen` asks for a free one. */
  readonly port: number;
}

export interface StreamHandler {
  /** `bytes` belong to the handler from here on; those of a stream that `lendsBytes` hold good until it returns. */
  data(bytes: Uint8Array): void;
  /** Called exactly once, last, whoever closed it; `error` when it was not an orderly end. Nothing is called after. */
  close(error?: Error): void;
  /** After `write` returned false: the buffered bytes went out. */
  drain?(): void;
}

export interface ByteStream {
  /** The peer, "address:port", for logs. */
  readonly remoteAddress: string;
  /** Must be called in the turn the stream was handed over; bytes that arrived before are delivered afterwards. */
  handle(handler: StreamHandler): void;
  /**
   * Queues bytes for sending, in order. `bytes` must not be changed afterwards. Returns false when more than the high-water mark is waiting
   * (`drain` will be called). After the close it does nothing and returns true.
   */
  write(bytes: Uint8Array): boolean;
  /** Bytes accepted by `write` that the operating system has not taken yet. */
  bufferedBytes(): number;
  /** Stops (and starts again) the delivery of data: back-pressure for the peer. */
  pause(): void;
  resume(): void;
  /** Closes at once, dropping what is not sent. `close` follows in a later turn. Idempotent. */
  destroy(error?: Error): void;
  /** Closes after what was written is sent. */
  end(): void;
}

export interface Listener {
  readonly address: HostPort;
  /** Stops listening; accepted streams live on. */
  close(): Promise<void>;
}

/** `code`: 'ECONNREFUSED' | 'ETIMEDOUT' | 'ENOTFOUND' | 'EADDRINUSE' | 'ECONNRESET' | ... as Node names them. */
export class NetworkError extends StacklessError {
  override readonly name = 'NetworkError';
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface ConnectOptions {
  /** Every chunk comes in the same memory. For streams of many bytes: new memory for each chunk keeps the collector busy. */
  readonly lendsBytes?: boolean;
}

export interface Network {
  /** Rejects with NetworkError (EADDRINUSE, EADDRNOTAVAIL, EACCES). */
  listen(address: HostPort, accept: (stream: ByteStream) => void): Promise<Listener>;
  /** Rejects with NetworkError; ETIMEDOUT after `timeoutMs`. */
  connect(address: HostPort, timeoutMs: number, options?: ConnectOptions): Promise<ByteStream>;
}
