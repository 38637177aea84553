/**
 * progress.json of what holds many runs, a campaign of seeds or a matrix: how far it has come. It is there while that goes on; one that is left behind
 * tells how far it came. Always whole: it is replaced, never written over.
 */
import type { Verdict } from '../../checkers/anomaly.ts';

/** Version 1. */
export interface CollectionProgress {
  readonly version: 1;
  readonly collection: 'campaign' | 'matrix';
  /** The harness's own process, and its machine. */
  readonly pid: number;
  readonly host: string;
  readonly world: string;
  /** What to type to run it again. */
  readonly command: string;
  readonly firstSeed: number;
  readonly workers: number;
  readonly startWallMs: number;
  readonly updatedWallMs: number;
  /** Runs: those that have ended, and all that shall be. */
  readonly done: number;
  readonly wanted: number;
  readonly verdicts: Readonly<Record<CountedVerdict, number>>;
  /** Verdicts of the runs that ended last, a letter for each. */
  readonly lately: string;
  readonly ok: number;
  readonly acknowledged: number;
  /** What runs now; empty where that is many, or not known. */
  readonly now: string;
  /** The first that are not valid. */
  readonly notValid: readonly NotValidRun[];
  /** Why it ended without its record; null while it goes on. */
  readonly broke: string | null;
}

/** `broke`: the run did not come to its end. */
export type CountedVerdict = Verdict | 'broke';

export interface NotValidRun {
  /** 'seed 17', 'log kill docker, seed 7'. */
  readonly name: string;
  readonly verdict: CountedVerdict;
  /** One sentence. */
  readonly why: string;
  readonly anomalies: readonly string[];
  readonly command: string;
  /** As seen from the folder in which this stands; null where nothing was written. */
  readonly folder: string | null;
}

export const verdictLetters: Readonly<Record<CountedVerdict, string>> = {
  valid: 'v',
  invalid: 'i',
  unknown: 'u',
  broke: 'b',
};
