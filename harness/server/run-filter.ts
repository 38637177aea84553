/** What of the list is shown, and in which order: all of it stands in the address. */
import { kindOf, type Outcome, outcomes, type RunSummary, summaryTypes, worstGapMs } from './run-summary.ts';

export interface RunFilter {
  /** Empty: any. */
  readonly outcomes: readonly Outcome[];
  readonly type: string;
  readonly workload: string;
  /** 'none': without a nemesis. */
  readonly nemesis: string;
  readonly world: string;
  /** 'none': without one. */
  readonly bug: string;
  /** Words that a row must have, all of them, anywhere. */
  readonly text: string;
  /** Days, UTC, as 2026-11-22; both are inside. */
  readonly from: string;
  readonly to: string;
  readonly sort: SortKey;
  readonly descending: boolean;
  /** From 1 on. */
  readonly page: number;
}

/** Undefined goes last, in either direction. */
const sortKeys = {
  verdict: (row) => outcomes.indexOf(row.outcome),
  started: (row) => row.startMs,
  kind: kindOf,
  world: (row) => row.world,
  seed: (row) => row.seed,
  time: (row) => row.seconds,
  ok: (row) => row.figures?.okPerS,
  acknowledged: (row) => row.figures?.acknowledgedPerS,
  gap: worstGapMs,
} as const satisfies Record<string, (row: RunSummary) => string | number | undefined>;

export type SortKey = keyof typeof sortKeys;

/** Figures and times begin with the largest, names with the first. */
const descendingFirst: ReadonlySet<SortKey> = new Set(['started', 'time', 'ok', 'acknowledged', 'gap']);

export const rowsPerPage = 100;
const textMax = 200;

/** Reads the query of an address; what it does not understand is not filtered by. */
export function parseFilter(query: URLSearchParams): RunFilter {
  const text = (name: string) => (query.get(name) ?? '').slice(0, textMax);
  const verdicts = query.getAll('verdict').flatMap((value) => value.split(','));
  const sort = text('sort').replace(/^-/, '');
  const key = Object.hasOwn(sortKeys, sort) ? (sort as SortKey) : 'started';
  const page = Number(query.get('page') ?? '1');
  return {
    outcomes: outcomes.filter((outcome) => verdicts.includes(outcome)),
    type: summaryTypes.find((type) => type === text('type')) ?? '',
    workload: text('workload'),
    nemesis: text('nemesis'),
    world: text('world'),
    bug: text('bug'),
    text: text('q').trim(),
    from: dayOf(text('from')),
    to: dayOf(text('to')),
    sort: key,
    descending: sort === key ? text('sort').startsWith('-') : true,
    page: Number.isInteger(page) && page >= 1 ? page : 1,
  };
}

function dayOf(text: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : '';
}

/** The shortest address of a filter, '' for the usual one; begins with '?'. */
export function filterQuery(filter: RunFilter): string {
  const query = new URLSearchParams();
  if (filter.outcomes.length > 0) query.set('verdict', filter.outcomes.join(','));
  const { type, workload, nemesis, world, bug, from, to } = filter;
  for (const [name, value] of Object.entries({
    type,
    workload,
    nemesis,
    world,
    bug,
    q: filter.text,
    from,
    to,
  }))
    if (value !== '') query.set(name, value);
  if (filter.sort !== 'started' || !filter.descending)
    query.set('sort', `${filter.descending ? '-' : ''}${filter.sort}`);
  if (filter.page > 1) query.set('page', String(filter.page));
  // Commas and colons may stand in a query, and read better.
  const text = query.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}

/** The same filter sorted by another column, or the other way round. */
export function sortedBy(filter: RunFilter, sort: SortKey): RunFilter {
  const descending = filter.sort === sort ? !filter.descending : descendingFirst.has(sort);
  return { ...filter, sort, descending, page: 1 };
}

export function matches(filter: RunFilter, row: RunSummary): boolean {
  return (
    (filter.outcomes.length === 0 || filter.outcomes.includes(row.outcome)) && matchesBesides(filter, row)
  );
}

/** All but the verdict: for the counts beside each of them. */
export function matchesBesides(filter: RunFilter, row: RunSummary): boolean {
  const { type, workload, nemesis, world, bug, text, from, to } = filter;
  if (type !== '' && row.type !== type) return false;
  if (workload !== '' && row.workload !== workload) return false;
  if (world !== '' && !row.world.split(', ').includes(world)) return false;
  if (nemesis !== '' && !namesOf(row.nemeses).includes(nemesis)) return false;
  if (bug !== '' && (row.bug || 'none') !== bug) return false;
  if (from !== '' && row.startMs < Date.parse(from)) return false;
  if (to !== '' && row.startMs >= Date.parse(to) + 86_400_000) return false;
  if (text === '') return true;
  const whole = textOfRow(row);
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

/** What stands for a row's nemeses in a filter: names without their variants. */
export function namesOf(nemeses: readonly string[]): readonly string[] {
  return nemeses.length === 0 ? ['none'] : nemeses.map((nemesis) => nemesis.split(':')[0] ?? nemesis);
}

function textOfRow(row: RunSummary): string {
  const { path, type, outcome, world, bug, anomalies, why, seed } = row;
  return [path, type, outcome, world, bug, ...row.nemeses, ...anomalies, why, `seed ${seed ?? ''}`]
    .join(' ')
    .toLowerCase();
}

/** In the order of the filter. Rows come newest first, and stay so among equals. */
export function chosen(filter: RunFilter, rows: readonly RunSummary[]): readonly RunSummary[] {
  const key = sortKeys[filter.sort];
  const found = rows.filter((row) => matches(filter, row));
  if (filter.sort === 'started') return filter.descending ? found : found.reverse();
  const direction = filter.descending ? -1 : 1;
  return found.sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === right) return 0;
    if (left === undefined) return 1;
    if (right === undefined) return -1;
    return (left < right ? -1 : 1) * direction;
  });
}
