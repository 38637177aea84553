/**
 * Message keys for producers that do not make their own: 32 upper-case hex digits, 4 bytes and 4 bytes of this broker's life,
 * int32 ms of the wall clock, int32 counter.
 */
import type { Runtime } from '../runtime/runtime.ts';

export class UniqueKeys {
  readonly #runtime: Runtime;
  readonly #prefix: string;
  #counter = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const random = runtime.random.fork('unique-key');
    this.#prefix = hex(random.uint32()) + hex(random.uint32());
  }

  next(): string {
    this.#counter = (this.#counter + 1) >>> 0;
    return this.#prefix + hex(this.#runtime.clock.wallMs() >>> 0) + hex(this.#counter);
  }
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}
