/** Runs by configuration: those that can be set side by side over time. Pure. */
import { kindOf, type RunSummary } from './run-summary.ts';

export interface Configuration {
  /** 'log-partition · process'. */
  readonly name: string;
  /** Settings that another configuration of the same name does not share: 'rate 2000, nodes 3'. */
  readonly apart: string;
  /** Oldest first. */
  readonly runs: readonly RunSummary[];
}

/**
 * In the order of their newest runs. Runs that go on have nothing to tell yet, those without a plan belong nowhere, and tables and matrices have no
 * figures of their own.
 */
export function configurationsOf(rows: readonly RunSummary[]): readonly Configuration[] {
  const byKey = new Map<string, RunSummary[]>();
  for (const row of rows) {
    if (row.world === '' || row.outcome === 'running' || row.type === 'bugs' || row.type === 'matrix')
      continue;
    const key = JSON.stringify([nameOf(row), row.settings]);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [row]);
    else known.push(row);
  }
  const groups = [...byKey.values()].map((runs) => [...runs].sort((a, b) => a.startMs - b.startMs));
  const byName = new Map<string, RunSummary[]>();
  for (const [first] of groups)
    if (first !== undefined) byName.set(nameOf(first), [...(byName.get(nameOf(first)) ?? []), first]);
  return groups
    .flatMap((runs) => {
      const [first] = runs;
      if (first === undefined) return [];
      const name = nameOf(first);
      return [{ name, apart: apartOf(first, byName.get(name) ?? []), runs }];
    })
    .sort((a, b) => newest(b) - newest(a));
}

function nameOf(row: RunSummary): string {
  const type = row.type === 'run' ? '' : ` ${row.type}s`;
  return `${kindOf(row)}${type}${row.world === '' ? '' : ` · ${row.world}`}`;
}

function apartOf(row: RunSummary, others: readonly RunSummary[]): string {
  const names = [...new Set(others.flatMap(({ settings }) => Object.keys(settings)))];
  return names
    .filter((name) => new Set(others.map(({ settings }) => settings[name])).size > 1)
    .map((name) => `${name} ${row.settings[name] ?? 'unknown'}`)
    .join(', ');
}

function newest({ runs }: Configuration): number {
  return runs.at(-1)?.startMs ?? 0;
}

/** What page/trends.js draws of one configuration; all lists are as long as `paths`. */
export interface TrendData {
  readonly paths: readonly string[];
  /** Seconds since 1970. */
  readonly started: readonly number[];
  readonly seeds: readonly (number | null)[];
  readonly outcomes: readonly string[];
  readonly links: readonly string[];
  readonly ok: readonly (number | null)[];
  readonly acknowledged: readonly (number | null)[];
  /** The worst gap of each nemesis, milliseconds; null where it injected nothing. */
  readonly gaps: Readonly<Record<string, readonly (number | null)[]>>;
}

export function trendData(runs: readonly RunSummary[], linkOf: (run: RunSummary) => string): TrendData {
  const nemeses = [...new Set(runs.flatMap(({ gaps }) => Object.keys(gaps)))].sort();
  const short = (value: number | undefined) => (value === undefined ? null : Number(value.toPrecision(5)));
  return {
    paths: runs.map(({ path }) => path),
    started: runs.map(({ startMs }) => startMs / 1000),
    seeds: runs.map(({ seed }) => seed ?? null),
    outcomes: runs.map(({ outcome }) => outcome),
    links: runs.map(linkOf),
    ok: runs.map(({ figures }) => short(figures?.okPerS)),
    acknowledged: runs.map(({ figures }) => short(figures?.acknowledgedPerS)),
    gaps: Object.fromEntries(
      nemeses.map((nemesis) => [nemesis, runs.map(({ gaps }) => short(gaps[nemesis]?.worst))]),
    ),
  };
}
