/** A stream whose chunks are spoilt as soon as their reader returns: who keeps bytes that were lent to it is found out. */
import type { ByteStream, StreamHandler } from '../../../cluster/runtime/network.ts';

const spoilt = 0xdd;

export class LendingStream implements ByteStream {
  readonly #stream: ByteStream;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  get remoteAddress(): string {
    return this.#stream.remoteAddress;
  }

  handle(handler: StreamHandler): void {
    this.#stream.handle({
      data: (bytes) => {
        handler.data(bytes);
        // They were this reader's alone.
        bytes.fill(spoilt);
      },
      close: (error) => handler.close(error),
      drain: () => handler.drain?.(),
    });
  }

  write(bytes: Uint8Array): boolean {
    return this.#stream.write(bytes);
  }

  bufferedBytes(): number {
    return this.#stream.bufferedBytes();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  destroy(error?: Error): void {
    this.#stream.destroy(error);
  }

  end(): void {
    this.#stream.end();
  }
}
