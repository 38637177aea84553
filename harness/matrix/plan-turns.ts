/** Which cell is run when, and for how long, so that a night has room for it. Pure. */
import type { MatrixCell } from './matrix-cells.ts';
import type { RunCosts } from './run-costs.ts';

export interface Turn {
  readonly cell: MatrixCell;
  /** From 1 on: the how-manieth run of the cell. */
  readonly round: number;
  readonly timeLimitS: number;
}

export interface TurnOptions {
  readonly repeat: number;
  /** Seconds; undefined: as long as it takes. */
  readonly budgetS: number | undefined;
  /** Given by hand for all runs. */
  readonly timeLimitS: number | undefined;
  /** Where in the table the first round begins: what does not fit tonight is another night's. */
  readonly from: number;
}

/** Every cell once, then every cell a second time, ... None gets less than its least time; where there is room all get the same share more. */
export function planTurns(
  cells: readonly MatrixCell[],
  costs: RunCosts,
  options: TurnOptions,
): readonly Turn[] {
  const { repeat, budgetS, timeLimitS } = options;
  const from = cells.length === 0 ? 0 : options.from % cells.length;
  const order = budgetS === undefined ? cells : [...cells.slice(from), ...cells.slice(0, from)];
  const limitOf =
    timeLimitS !== undefined
      ? () => timeLimitS
      : budgetS === undefined
        ? usualLimitS
        : stretched(order, costs, budgetS / repeat);
  return Array.from({ length: repeat }, (_, round) =>
    order.map((cell) => ({ cell, round: round + 1, timeLimitS: limitOf(cell) })),
  ).flat();
}

/** As long as a run is that nobody hurries. */
export function usualLimitS({ world, leastS }: MatrixCell): number {
  return Math.max(leastS, world === 'sim' ? 30 : 60);
}

const steps = 40;

function stretched(cells: readonly MatrixCell[], costs: RunCosts, budgetS: number) {
  const limit = (share: number) => (cell: MatrixCell) =>
    Math.floor(cell.leastS + share * (usualLimitS(cell) - cell.leastS));
  const total = (share: number) =>
    cells.reduce((sum, cell) => sum + costs.secondsOf(cell.world, limit(share)(cell)), 0);
  let share = steps;
  while (share > 0 && total(share / steps) > budgetS) share -= 1;
  return limit(share / steps);
}
