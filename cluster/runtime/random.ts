/** Luck, drawn from the world. */

export interface Random {
  /** A uniform integer in [0, 2^32). */
  uint32(): number;
  /** A uniform integer in [0, bound); bound is 1..2^32. */
  below(bound: number): number;
  /** An independent stream, a function of this one's seed and the name: draws on one do not shift the other. */
  fork(name: string): Random;
}
