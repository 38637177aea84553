/** What an exploration covered, for people. */
import type { Counterexample, Exploration, Progress } from './explore.ts';
import type { JoinedExploration } from './explore-joined.ts';

export interface TimedExploration {
  readonly size: string;
  readonly seconds: number;
  readonly exploration: Exploration | JoinedExploration;
}

const columns = ['size', 'states', 'steps', 'depth', 'seconds', 'states/s', 'covered'] as const;

export function explorationTable(rows: readonly TimedExploration[]): readonly string[] {
  const cells = rows.map(({ size, seconds, exploration }) => [
    size,
    grouped(exploration.states),
    grouped(exploration.transitions),
    String(exploration.depth),
    seconds.toFixed(1),
    grouped(Math.round(exploration.states / Math.max(seconds, 0.001))),
    endingText(exploration),
  ]);
  const widths = columns.map((name, at) =>
    Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) =>
        at === 0 || at === columns.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(columns), ...cells.map(line)];
}

export function progressLine(size: string, soFar: Progress): string {
  return `${size}: ${grouped(soFar.states)} states, depth ${soFar.depth}, ${grouped(soFar.waiting)} waiting`;
}

/** A shortest one; steps are numbered, what a step caused stands indented below it. */
export function counterexampleLines({ violation, steps }: Counterexample): readonly string[] {
  const lines = steps.flatMap((step, index) => {
    const [head = '', ...caused] = step;
    return [`${String(index + 1).padStart(3)}  ${head}`, ...caused.map((line) => `     ${line}`)];
  });
  return [...lines, `  => ${violation}`];
}

function endingText({ ending, depth, waiting, collisionOdds }: TimedExploration['exploration']): string {
  switch (ending) {
    case 'complete':
      return `all of it; odds of a missed state ${collisionOdds.toExponential(0)}`;
    case 'counterexample':
      return 'up to a counterexample';
    case 'violation':
      return 'up to something that may be wrong';
    case 'time':
    case 'states':
    case 'depth':
      return `all of depth ${depth - 1}; ${grouped(waiting)} states wait (stopped by ${ending})`;
  }
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
