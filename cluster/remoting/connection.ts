/** One byte stream that carries frames both ways: decodes what comes, gathers what goes into one write per turn. */
import type { ByteStream } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Channel, OutgoingRequest, Payload, Response } from './channel.ts';
import { FrameDecoder } from './frame.ts';
import { FrameError } from './frame-error.ts';
import { FrameWriter } from './frame-writer.ts';
import { LazyJsonCommand } from './lazy-json-header.ts';
import { onewayFlag, type RemotingCommand, responseFlag } from './remoting-command.ts';
import { RequestCode } from './request-code.ts';

/** Bytes for a peer that does not read: above the first it is not listened to, above the second it is closed. */
export const unsentBytesPausedDefault = 4 * 1024 * 1024;
export const unsentBytesMaxDefault = 64 * 1024 * 1024;
/**
 * More than this is not gathered for the end of the turn. A turn may read megabytes, and the peer, on another core, is to work on the first of
 * the answers while this side makes the rest.
 */
const gatheredBytesMax = 64 * 1024;

export interface ConnectionOptions {
  readonly id: number;
  readonly frameBytesMax: number;
  /** Stops listening to a peer that leaves so much unread. Absent: never, for a client that pauses its server could stall both. */
  readonly unsentBytesPaused?: number;
  readonly unsentBytesMax: number;
  readonly onCommand: (connection: RemotingConnection, command: RemotingCommand) => void;
  /** Called once, last. */
  readonly onClose: (connection: RemotingConnection, error: Error | undefined) => void;
}

export class RemotingConnection implements Channel {
  readonly id: number;
  readonly remoteAddress: string;
  /** Monotonic time of the last bytes in either direction. */
  lastActivityMs: number;
  readonly #runtime: Runtime;
  readonly #stream: ByteStream;
  readonly #options: ConnectionOptions;
  readonly #decoder: FrameDecoder;
  readonly #writer = new FrameWriter();
  readonly #flush = (): void => this.#flushNow();
  #flushPlanned = false;
  #open = true;
  #pausedBy = 0;
  #closeListeners: (() => void)[] = [];
  #lastOpaque = 0;

  constructor(runtime: Runtime, stream: ByteStream, options: ConnectionOptions) {
    this.#runtime = runtime;
    this.#stream = stream;
    this.#options = options;
    this.id = options.id;
    this.remoteAddress = stream.remoteAddress;
    this.lastActivityMs = runtime.clock.monotonicMs();
    this.#decoder = new FrameDecoder(options.frameBytesMax, true);
    const each = (command: RemotingCommand): void => {
      // Parsed now, so that a malformed one closes the connection here, but where one of the hot paths follows.
      if (
        command instanceof LazyJsonCommand &&
        command.flag === 0 &&
        command.code !== RequestCode.SEND_MESSAGE_V2
      ) {
        command.parseExtFields();
      }
      this.#options.onCommand(this, command);
    };
    stream.handle({
      data: (bytes) => this.#read(bytes, each),
      close: (error) => this.#closed(error),
      drain: () => this.#drained(),
    });
  }

  isOpen(): boolean {
    return this.#open;
  }

  /** A number for `opaque` that no request of this side waits for; never 0, which some clients replace. */
  nextOpaque(): number {
    this.#lastOpaque = this.#lastOpaque >= 0x7fffffff ? 1 : this.#lastOpaque + 1;
    return this.#lastOpaque;
  }

  sendRequest(request: OutgoingRequest, opaque: number, flag: number): void {
    this.#send(request.code, flag, opaque, null, request);
  }

  sendResponse(response: Response, opaque: number): void {
    this.#send(response.code, responseFlag, opaque, response.remark ?? null, response);
  }

  oneway(request: OutgoingRequest): void {
    this.sendRequest(request, this.nextOpaque(), onewayFlag);
  }

  /** Bytes that wait here or in the stream. */
  unsentBytes(): number {
    return this.#writer.bytes + this.#stream.bufferedBytes();
  }

  close(): void {
    this.abort(undefined);
  }

  /** Closes at once; what is not sent is dropped. */
  abort(error: Error | undefined): void {
    if (!this.#open) return;
    this.#stream.destroy(error);
    this.#closed(error);
  }

  /** Closes with a line of log. */
  abortMalformed(error: FrameError): void {
    if (!this.#open) return;
    this.#runtime.trace.log(
      'warn',
      `remoting: closed the connection of ${this.remoteAddress}: ${error.message}`,
    );
    this.abort(error);
  }

  /** Closes after what was written is sent. */
  end(): void {
    if (!this.#open) return;
    this.#flushNow();
    this.#stream.end();
  }

  onClose(listener: () => void): void {
    if (this.#open) this.#closeListeners.push(listener);
    else this.#runtime.clock.soon(listener);
  }

  /** Reasons to stop listening add up: data come again when each `pauseReading` was followed by `resumeReading`. */
  pauseReading(): void {
    if (this.#pausedBy++ === 0) this.#stream.pause();
  }

  resumeReading(): void {
    if (--this.#pausedBy === 0 && this.#open) this.#stream.resume();
  }

  #isPausedForUnsent = false;

  #read(bytes: Uint8Array, each: (command: RemotingCommand) => void): void {
    if (!this.#open) return;
    this.lastActivityMs = this.#runtime.clock.monotonicMs();
    try {
      this.#decoder.feed(bytes, each);
    } catch (error) {
      if (error instanceof FrameError) {
        this.#runtime.trace.log(
          'warn',
          `remoting: closed the connection of ${this.remoteAddress}: ${error.message}`,
        );
        this.abort(error);
      } else {
        // Handlers answer for their own errors; what arrives here broke an invariant of ours.
        this.#runtime.fatal(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #send(code: number, flag: number, opaque: number, remark: string | null, payload: Payload): void {
    if (!this.#open) return;
    const { extFields, fieldsWriter } = payload;
    const body = payload.body === undefined || payload.body.length === 0 ? null : payload.body;
    if (fieldsWriter !== undefined) {
      this.#writer.addWrittenFrame(code, flag, opaque, remark, fieldsWriter, body);
    } else {
      const extFieldsJson =
        payload.extFieldsJson ?? (extFields === undefined ? null : JSON.stringify(extFields));
      this.#writer.addFrame(code, flag, opaque, remark, extFieldsJson, body);
    }
    if (this.#writer.bytes > gatheredBytesMax) {
      this.#flushNow();
    } else if (!this.#flushPlanned) {
      this.#flushPlanned = true;
      this.#runtime.clock.soon(this.#flush);
    }
  }

  #flushNow(): void {
    this.#flushPlanned = false;
    if (!this.#open || this.#writer.bytes === 0) return;
    this.lastActivityMs = this.#runtime.clock.monotonicMs();
    let isTaken = true;
    for (const bytes of this.#writer.take()) isTaken = this.#stream.write(bytes);
    if (!isTaken) this.#limitUnsent();
  }

  #limitUnsent(): void {
    const unsent = this.#stream.bufferedBytes();
    if (unsent > this.#options.unsentBytesMax) {
      this.#runtime.trace.log(
        'warn',
        `remoting: closed the connection of ${this.remoteAddress}: it left ${unsent} bytes unread, the limit is ${this.#options.unsentBytesMax}`,
      );
      this.abort(undefined);
      return;
    }
    const pausedAbove = this.#options.unsentBytesPaused;
    if (pausedAbove !== undefined && unsent > pausedAbove && !this.#isPausedForUnsent) {
      this.#isPausedForUnsent = true;
      this.pauseReading();
    }
  }

  #drained(): void {
    if (!this.#isPausedForUnsent) return;
    this.#isPausedForUnsent = false;
    this.resumeReading();
  }

  #closed(error: Error | undefined): void {
    if (!this.#open) return;
    this.#open = false;
    this.#decoder.stop();
    const listeners = this.#closeListeners;
    this.#closeListeners = [];
    this.#options.onClose(this, error);
    for (const listener of listeners) listener();
  }
}
