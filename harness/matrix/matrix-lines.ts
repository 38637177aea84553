/** The summary that stays on the terminal: a line for each cell, failures first. */
import { failureRateText } from './failure-rate.ts';
import {
  type CellRecord,
  durationText,
  type MatrixRecord,
  namesByRow,
  type RunVerdict,
  rateOf,
  worstOf,
} from './matrix-record.ts';

export interface MatrixLine {
  /** undefined: of cells that were not run. */
  readonly verdict: RunVerdict | undefined;
  readonly cell: string;
  readonly text: string;
}

const rank = { invalid: 0, broke: 1, unknown: 2, valid: 3 } as const;

export function matrixLines({ cells }: MatrixRecord): readonly MatrixLine[] {
  const idle = cells.filter(({ runs }) => runs.length === 0);
  const reasons = [...new Set(idle.map(({ skipped }) => skipped))];
  return [
    ...linesOfRuns(cells.filter(({ runs }) => runs.length > 0)),
    // Short, since they may be most of the table.
    ...reasons.map((reason): MatrixLine => {
      const names = namesByRow(idle.filter(({ skipped }) => skipped === reason)).join(', ');
      return reason === undefined
        ? { verdict: undefined, cell: 'not run', text: names }
        : { verdict: undefined, cell: 'skipped', text: `${names}: ${reason}` };
    }),
  ];
}

function linesOfRuns(cells: readonly CellRecord[]): readonly MatrixLine[] {
  return cells
    .map((cell): MatrixLine => {
      const { name, runs, skipped, notRun } = cell;
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
    .sort((a, b) => rank[a.verdict ?? 'valid'] - rank[b.verdict ?? 'valid']);
}
