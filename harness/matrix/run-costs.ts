/** What a run takes beside its load: guessed at first, then learned from those that were run. */
import type { MatrixWorld } from './parse-matrix.ts';

/** On two cores, with a start, a heal, final reads, a stop and a judgement. */
const guesses: Readonly<Record<MatrixWorld, { readonly fixedS: number; readonly perSecond: number }>> = {
  sim: { fixedS: 1.5, perSecond: 0.08 },
  process: { fixedS: 10, perSecond: 1 },
  docker: { fixedS: 18, perSecond: 1 },
};

export class RunCosts {
  readonly #seen = new Map<MatrixWorld, { seconds: number; guessed: number }>();

  secondsOf(world: MatrixWorld, timeLimitS: number): number {
    const seen = this.#seen.get(world);
    return guess(world, timeLimitS) * (seen === undefined ? 1 : seen.seconds / seen.guessed);
  }

  learn(world: MatrixWorld, timeLimitS: number, seconds: number): void {
    const seen = this.#seen.get(world) ?? { seconds: 0, guessed: 0 };
    seen.seconds += seconds;
    seen.guessed += guess(world, timeLimitS);
    this.#seen.set(world, seen);
  }
}

function guess(world: MatrixWorld, timeLimitS: number): number {
  const { fixedS, perSecond } = guesses[world];
  return fixedS + perSecond * timeLimitS;
}
