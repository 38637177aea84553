/** Columns as a page carries them: whole numbers, and what only rises as its steps. `unpackOperations` of page/data.js is its opposite. */
import type { ReportOperations } from './drawn-operations.ts';

export function packedOperations(operations: ReportOperations) {
  const { index, start, end } = operations;
  const hundredths = start.map((ms) => Math.round(ms * 100));
  return {
    ...operations,
    index: steps(index),
    start: steps(hundredths),
    /** How long it took; -1 where no answer came. */
    end: end.map((ms, at) => (ms < 0 ? -1 : Math.round(ms * 100) - (hundredths[at] ?? 0))),
  };
}

function steps(values: readonly number[]): number[] {
  return values.map((value, at) => value - (values[at - 1] ?? 0));
}
