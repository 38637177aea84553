/** The summary that stays on the terminal: a line for each cell, failures first. */
import { failureRateText } from './failure-rate.ts';
import { durationText, type MatrixRecord, type RunVerdict, rateOf, worstOf } from './matrix-record.ts';

export interface MatrixLine {
  /** undefined: the cell was not run. */
  readonly verdict: RunVerdict | undefined;
  readonly cell: string;
  readonly text: string;
}

const rank = { invalid: 0, broke: 1, unknown: 2, valid: 3 } as const;

export function matrixLines({ cells }: MatrixRecord): readonly MatrixLine[] {
  return cells
    .map((cell): MatrixLine => {
      const { name, runs, skipped, notRun } = cell;
      if (skipped !== undefined && runs.length === 0)
        return { verdict: undefined, cell: name, text: `skipped: ${skipped}` };
      if (runs.length === 0) return { verdict: undefined, cell: name, text: 'not run' };
      const worst = runs.find(({ verdict }) => verdict === worstOf(runs));
      const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
      const parts = [
        `failures ${failureRateText(rateOf(cell))}`,
        durationText(seconds),
        ...(notRun === 0 ? [] : [`${notRun} not run${skipped === undefined ? '' : ` (${skipped})`}`]),
        ...(worst === undefined || worst.why === '' ? [] : [worst.why.split('\n')[0] ?? '']),
      ];
      return { verdict: worstOf(runs), cell: name, text: parts.join(' · ') };
    })
    .sort((a, b) => rankOf(a) - rankOf(b));
}

function rankOf({ verdict }: MatrixLine): number {
  return verdict === undefined ? 4 : rank[verdict];
}
