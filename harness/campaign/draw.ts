/** Draws by name: each name has a stream of its own, so that what is fixed by hand, or drawn anew tomorrow, moves nothing else. */
import type { Random } from '../../cluster/runtime/random.ts';

/** A key of a properties file with the values it may get besides its default. */
export interface DrawnOption {
  readonly key: string;
  readonly values: readonly string[];
}

/** Out of 100: how often an option gets another value than its default. */
const unusualShare = 25;

export class Draw {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  fork(name: string): Random {
    return this.#random.fork(name);
  }

  /** Whole numbers, both ends included. */
  between(name: string, least: number, greatest: number): number {
    return least + this.fork(name).below(greatest - least + 1);
  }

  oneOf<T>(name: string, choices: readonly T[]): T {
    return this.weighted(
      name,
      choices.map((choice) => [1, choice] as const),
    );
  }

  weighted<T>(name: string, choices: readonly (readonly [weight: number, choice: T])[]): T {
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let left = this.fork(name).below(Math.max(1, total));
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    throw new RangeError(`${name}: there is nothing to choose from`);
  }

  /** Only those that are not left at their default. */
  options(options: readonly DrawnOption[]): Readonly<Record<string, string>> {
    const drawn: Record<string, string> = {};
    for (const { key, values } of options) {
      if (this.between(`unusual ${key}`, 0, 99) < unusualShare) drawn[key] = this.oneOf(key, values);
    }
    return drawn;
  }
}
