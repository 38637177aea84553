/** The table of what `all` runs, as people write it. Pure. */
import { UsageError } from '../usage-error.ts';

export const matrixWorlds = ['sim', 'process', 'docker'] as const;
export type MatrixWorld = (typeof matrixWorlds)[number];

export interface MatrixRow {
  readonly workload: string;
  /** As behind --nemesis. */
  readonly nemesis: string;
  /** undefined: every world that can. */
  readonly worlds: readonly MatrixWorld[] | undefined;
  /** Seconds of load below which a run tells nothing. */
  readonly leastS: number;
  readonly options: readonly string[];
  readonly line: number;
}

export interface Matrix {
  readonly rows: readonly MatrixRow[];
  /** Of all rows in a world. */
  readonly worldOptions: ReadonlyMap<MatrixWorld, readonly string[]>;
}

/** `name`: of the file, for errors. Throws UsageError naming the line, what was wanted and what came. */
export function parseMatrix(name: string, text: string): Matrix {
  const rows: MatrixRow[] = [];
  const worldOptions = new Map<MatrixWorld, readonly string[]>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const fail = (wanted: string): never => {
      throw new UsageError(`${name}:${index + 1}: wanted ${wanted}, got "${line}"`);
    };
    const [first = '', ...rest] = line.split(/\s+/);
    const world = matrixWorlds.find((known) => known === first);
    if (world !== undefined) {
      if (rest[0]?.startsWith('--') !== true) fail('"WORLD --option ..."');
      worldOptions.set(world, rest);
      continue;
    }
    const [nemesis = '', worlds = '', least = '', ...options] = rest;
    const leastS = Number(least);
    if (!(leastS > 0)) fail('"WORKLOAD NEMESIS WORLDS LEAST-SECONDS [--option ...]"');
    if (options[0]?.startsWith('--') === false) fail('options behind the seconds');
    rows.push({
      workload: first,
      nemesis,
      worlds: worlds === 'every' ? undefined : worldsOf(worlds, fail),
      leastS,
      options,
      line: index + 1,
    });
  }
  if (rows.length === 0) throw new UsageError(`${name}: wanted at least one row, got none`);
  return { rows, worldOptions };
}

function worldsOf(text: string, fail: (wanted: string) => never): readonly MatrixWorld[] {
  return text
    .split(',')
    .map(
      (name) =>
        matrixWorlds.find((known) => known === name) ??
        fail(`worlds: every, or ${matrixWorlds.join(', ')} with commas between`),
    );
}
