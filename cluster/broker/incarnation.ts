/** The name of a life of a broker: a new one at each start, and when an epoch of the running life must not be resumed. */
import type { Random } from '../runtime/random.ts';

export class Incarnation {
  readonly #life: string;
  #count = 0;

  constructor(random: Random) {
    const source = random.fork('incarnation');
    this.#life = hex(source.uint32()) + hex(source.uint32());
  }

  /** Letters, digits and a dot. */
  current(): string {
    return `${this.#life}.${this.#count}`;
  }

  beginNext(): void {
    this.#count += 1;
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
