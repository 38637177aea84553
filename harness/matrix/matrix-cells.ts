/** The cells of the table: one row in one world. Pure. */
import { baseName } from '../../nemeses/chosen-nemeses.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import { worldAbilities } from '../deployment/world-abilities.ts';
import { type Matrix, type MatrixRow, type MatrixWorld, matrixWorlds } from './parse-matrix.ts';

export interface MatrixCell {
  /** 'log kill --flush async docker': says what it is, and is only one cell's. */
  readonly name: string;
  /** Without the world. */
  readonly row: string;
  readonly world: MatrixWorld;
  readonly nemesis: string;
  readonly workload: string;
  readonly leastS: number;
  /** Of the world, then of the row. */
  readonly options: readonly string[];
  /** Its place among all cells of the table, whatever part of it is run. */
  readonly place: number;
}

/** Row by row. `every` world is each that can do what the row wants; the others are no cells at all. */
export function matrixCells({ rows, worldOptions }: Matrix): readonly MatrixCell[] {
  return rows
    .flatMap((row) =>
      (row.worlds ?? matrixWorlds.filter((world) => isAble(world, row))).map((world) => ({ row, world })),
    )
    .map(({ row, world }, place) => {
      const name = [row.workload, row.nemesis, ...row.options].join(' ');
      return {
        name: `${name} ${world}`,
        row: name,
        world,
        nemesis: row.nemesis,
        workload: row.workload,
        leastS: row.leastS,
        options: [...(worldOptions.get(world) ?? []), ...row.options],
        place,
      };
    });
}

function isAble(world: MatrixWorld, { nemesis }: MatrixRow): boolean {
  return nemesis.split(',').every((name) => {
    const needs = namedNemeses.get(baseName(name))?.needs;
    return needs === undefined || worldAbilities[world].has(needs);
  });
}

export interface Shard {
  /** From 1 to `of`. */
  readonly part: number;
  readonly of: number;
}

/** 'i/n'; undefined where it is none. */
export function parseShard(text: string): Shard | undefined {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { part: Number(part), of: Number(of) };
  return shard.part >= 1 && shard.part <= shard.of ? shard : undefined;
}

/** Each cell is in one shard. Each world's cells are dealt out by themselves, so that no shard gets all that is slow. */
export function shardOf(cells: readonly MatrixCell[], { part, of }: Shard): readonly MatrixCell[] {
  let dealt = 0;
  const mine = new Set<MatrixCell>();
  for (const world of [...matrixWorlds].reverse()) {
    for (const cell of cells.filter((one) => one.world === world)) {
      if (dealt % of === part - 1) mine.add(cell);
      dealt += 1;
    }
  }
  return cells.filter((cell) => mine.has(cell));
}
