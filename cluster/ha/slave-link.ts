/** A slave as its master sees it over one connection: where it is in the log, and the frames that bring it on. */
import type { HaMasterConnection } from './ha-master-connection.ts';
import type { TransferFrames } from './transfer-frames.ts';

export class SlaveLink {
  readonly connection: HaMasterConnection;
  readonly brokerId: number;
  /** Replicates, but does not count: it asked for that, or it cannot say which epoch it follows. */
  readonly isLearner: boolean;
  /** A slave cannot have more than was sent on this connection. */
  sentOffset = 0;
  ackOffset: number | undefined;
  lastHeardMs: number;
  readonly #frames: TransferFrames;
  #position: number | undefined;
  #isReading = false;

  constructor(
    connection: HaMasterConnection,
    frames: TransferFrames,
    brokerId: number,
    isLearner: boolean,
    nowMs: number,
  ) {
    this.connection = connection;
    this.#frames = frames;
    this.brokerId = brokerId;
    this.isLearner = isLearner;
    this.lastHeardMs = nowMs;
  }

  /** Undefined until the slave said where to begin. */
  position(): number | undefined {
    return this.#position;
  }

  /** `reached`: the end of what the slave has; `from`: where it goes on, later only when the master has nothing older. */
  begin(reached: number, from: number): void {
    this.sentOffset = reached;
    this.#position = from;
  }

  /** Sends all there is, as long as the connection takes it. */
  pump(): void {
    while (this.#position !== undefined && !this.#isReading && this.connection.isWritable()) {
      const frame = this.#frames.at(this.#position);
      if (frame === undefined) return;
      if (frame instanceof Promise) {
        this.#isReading = true;
        void frame.then(
          (bytes) => {
            this.#isReading = false;
            if (bytes === undefined || !this.connection.isOpen()) return;
            this.#send(bytes.bytes, bytes.endOffset);
            this.pump();
          },
          (error: unknown) => this.connection.close(`cannot read the log: ${String(error)}`),
        );
        return;
      }
      this.#send(frame.bytes, frame.endOffset);
    }
  }

  heartbeat(): void {
    if (this.#position === undefined || this.#isReading || !this.connection.isWritable()) return;
    this.connection.send(this.#frames.heartbeat(this.#position));
  }

  #send(bytes: Uint8Array, endOffset: number): void {
    this.#position = endOffset;
    this.sentOffset = endOffset;
    this.connection.send(bytes);
  }
}
