/** What all.json holds: the runs of a matrix, or of several parts of one. */
import type { Verdict } from '../../checkers/anomaly.ts';
import { type FailureRate, failureRate } from './failure-rate.ts';
import type { MatrixWorld } from './parse-matrix.ts';

/** `broke`: the harness could not do its work, which says nothing of the cluster. */
export type RunVerdict = Verdict | 'broke';

export interface MatrixRun {
  readonly seed: number;
  readonly timeLimitS: number;
  readonly verdict: RunVerdict;
  /** One sentence: the first anomaly, or why there is no verdict. Empty for valid runs. */
  readonly why: string;
  readonly anomalies: readonly string[];
  readonly ok: number;
  readonly acknowledged: number;
  /** How many faults were proven to bite. */
  readonly bites: number;
  /** Milliseconds: the longest time without an acknowledged send that reaches into a fault. */
  readonly longestPauseMs: number;
  /** Real ones. */
  readonly seconds: number;
  readonly command: string;
  /** Of the run, as seen from the folder of the record; undefined: none was made. */
  readonly folder: string | undefined;
}

export interface CellRecord {
  readonly name: string;
  readonly row: string;
  readonly world: MatrixWorld;
  readonly runs: readonly MatrixRun[];
  /** Why none of its runs was tried, or none any more. */
  readonly skipped: string | undefined;
  /** Runs that were wanted and not begun, for that reason or else since there was no time; 0 where none was tried at all. */
  readonly notRun: number;
}

/** Version 1. */
export interface MatrixRecord {
  readonly version: 1;
  readonly command: string;
  readonly startWallMs: number;
  readonly seconds: number;
  readonly budgetS: number | undefined;
  readonly interrupted: boolean;
  readonly versions: Readonly<Record<string, string>>;
  readonly cells: readonly CellRecord[];
}

export function allRuns({ cells }: Pick<MatrixRecord, 'cells'>): readonly MatrixRun[] {
  return cells.flatMap(({ runs }) => runs);
}

export function count(runs: readonly MatrixRun[], verdict: RunVerdict): number {
  return runs.filter((run) => run.verdict === verdict).length;
}

/** Invalid outweighs all, then what broke, then what is unknown. Without a single run nothing is known. */
export function worstOf(runs: readonly MatrixRun[]): RunVerdict {
  const worst = (['invalid', 'broke', 'unknown'] as const).find((verdict) => count(runs, verdict) > 0);
  return worst ?? (runs.length === 0 ? 'unknown' : 'valid');
}

/** Of the runs that came to a verdict: what broke or is unknown says nothing of the cluster. */
export function rateOf({ runs }: CellRecord): FailureRate {
  return failureRate(count(runs, 'invalid'), count(runs, 'invalid') + count(runs, 'valid'));
}

export interface Totals {
  readonly verdict: RunVerdict;
  readonly runs: number;
  readonly skipped: number;
  readonly notRun: number;
  /** '12 runs in 14 min: 10 valid, 1 invalid, 1 unknown; 3 not run for want of time; 4 cells skipped'. */
  readonly sentence: string;
}

export function totalsOf(record: MatrixRecord): Totals {
  const runs = allRuns(record);
  const skipped = record.cells.filter((cell) => cell.skipped !== undefined && cell.runs.length === 0).length;
  const sumOf = (cells: readonly CellRecord[]) => cells.reduce((sum, cell) => sum + cell.notRun, 0);
  const lost = sumOf(record.cells.filter((cell) => cell.skipped !== undefined));
  const notRun = sumOf(record.cells.filter((cell) => cell.skipped === undefined));
  const verdicts = (['invalid', 'broke', 'unknown', 'valid'] as const)
    .filter((verdict) => count(runs, verdict) > 0)
    .map((verdict) => `${count(runs, verdict)} ${verdict}`);
  const number = (amount: number, word: string) => `${amount} ${word}${amount === 1 ? '' : 's'}`;
  const sentence = [
    `${number(runs.length, 'run')} in ${durationText(record.seconds)}${verdicts.length === 0 ? '' : `: ${verdicts.join(', ')}`}`,
    ...(notRun === 0
      ? []
      : [
          `${number(notRun, 'run')} not begun${record.interrupted ? ', stopped by hand' : ' for want of time'}`,
        ]),
    ...(lost === 0 ? [] : [`${number(lost, 'run')} not begun, since the world went away`]),
    ...(skipped === 0 ? [] : [`${number(skipped, 'cell')} skipped`]),
  ].join('; ');
  return { verdict: worstOf(runs), runs: runs.length, skipped, notRun: notRun + lost, sentence };
}

/** 'log kill (sim, docker)'. */
export function namesByRow(cells: readonly Pick<CellRecord, 'row' | 'world'>[]): readonly string[] {
  return [...new Set(cells.map(({ row }) => row))].map((row) => {
    const worlds = cells.filter((cell) => cell.row === row).map(({ world }) => world);
    return `${row} (${worlds.join(', ')})`;
  });
}

export function durationText(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Parts that were run by themselves, as one: of one cell all runs together. */
export function mergeRecords(records: readonly MatrixRecord[]): MatrixRecord {
  const cells = new Map<string, CellRecord>();
  for (const cell of records.flatMap((record) => record.cells)) {
    const known = cells.get(cell.name);
    const runs = [...(known?.runs ?? []), ...cell.runs];
    cells.set(cell.name, {
      ...cell,
      runs,
      // One part that could not be run is no matter where another was.
      skipped: [known, cell].find((part) => part !== undefined && part.runs.length > 0 === runs.length > 0)
        ?.skipped,
      notRun: (known?.notRun ?? 0) + cell.notRun,
    });
  }
  const [first] = records;
  return {
    version: 1,
    command: [...new Set(records.map(({ command }) => command))].join('; '),
    startWallMs: Math.min(...records.map(({ startWallMs }) => startWallMs)),
    seconds: Math.max(...records.map(({ seconds }) => seconds)),
    budgetS: first?.budgetS,
    interrupted: records.some(({ interrupted }) => interrupted),
    versions: first?.versions ?? {},
    cells: [...cells.values()],
  };
}
