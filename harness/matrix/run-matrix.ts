/** Runs the turns of a matrix, one after another, as far as the time reaches, whatever becomes of each. */
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { MatrixCell } from './matrix-cells.ts';
import type { CellRecord, MatrixRun } from './matrix-record.ts';
import type { Turn } from './plan-turns.ts';
import type { RunCosts } from './run-costs.ts';

export interface MatrixRuns {
  readonly cells: readonly MatrixCell[];
  readonly turns: readonly Turn[];
  readonly costs: RunCosts;
  readonly clock: Clock;
  readonly budgetS: number | undefined;
  /** Aborted: no turn is begun any more. The one that runs is `run`'s to end. */
  readonly signal: AbortSignal;
  /** Why a cell cannot be run here and now; asked before each run. */
  skip(cell: MatrixCell): Promise<string | undefined>;
  /** Never rejects: what breaks is a run that broke. */
  run(turn: Turn, seconds: () => number): Promise<MatrixRun>;
  /** After each run. `left`: turns. */
  told(turn: Turn, run: MatrixRun, left: number): void;
}

export async function runMatrix(matrix: MatrixRuns): Promise<readonly CellRecord[]> {
  const { cells, turns, costs, clock, budgetS, signal } = matrix;
  const startMs = clock.monotonicMs();
  const records = new Map(
    cells.map((cell) => [
      cell,
      { runs: [] as MatrixRun[], skipped: undefined as string | undefined, notRun: 0 },
    ]),
  );
  for (const [at, turn] of turns.entries()) {
    const record = records.get(turn.cell);
    if (record === undefined) continue;
    const leftS =
      budgetS === undefined ? Number.POSITIVE_INFINITY : budgetS - (clock.monotonicMs() - startMs) / 1000;
    const timeLimitS = fitting(turn, costs, leftS);
    if (signal.aborted || timeLimitS === undefined) {
      record.notRun += 1;
      continue;
    }
    record.skipped ??= await matrix.skip(turn.cell);
    if (record.skipped !== undefined) {
      // What was run before its world went away counts, and what was not is missing.
      if (record.runs.length > 0) record.notRun += 1;
      continue;
    }
    const beginMs = clock.monotonicMs();
    const seconds = () => (clock.monotonicMs() - beginMs) / 1000;
    const run = await matrix.run({ ...turn, timeLimitS }, seconds);
    record.runs.push(run);
    if (run.verdict !== 'broke' && !signal.aborted) costs.learn(turn.cell.world, timeLimitS, run.seconds);
    matrix.told(turn, run, turns.length - at - 1);
  }
  return cells.map((cell) => {
    const { runs, skipped, notRun } = records.get(cell) ?? { runs: [], skipped: undefined, notRun: 0 };
    const { name, row, world } = cell;
    return { name, row, world, runs, skipped, notRun };
  });
}

/** As planned, or its least time, or not at all. */
function fitting({ cell, timeLimitS }: Turn, costs: RunCosts, leftS: number): number | undefined {
  return [timeLimitS, Math.min(timeLimitS, cell.leastS)].find(
    (limit) => costs.secondsOf(cell.world, limit) <= leftS,
  );
}
