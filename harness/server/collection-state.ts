/** What the page of a campaign or a matrix that goes on shows, as data: a pure function of its progress.json, or of its record. */
import { posix } from 'node:path';
import { type JsonRecord, listOf, numberOf, recordOf, textOf } from './json-value.ts';
import { pathInAddress } from './layout.ts';
import type { Outcome, RunSummary } from './run-summary.ts';

export const countedVerdicts = ['valid', 'invalid', 'unknown', 'broke'] as const;
export type VerdictCounts = Readonly<Record<(typeof countedVerdicts)[number], number>>;

export interface CollectionState {
  readonly outcome: Outcome;
  /** By the wall clock. */
  readonly elapsedS: number;
  readonly done: number;
  readonly wanted: number;
  readonly workers: number;
  /** Until all are done, by how long those took that are; null where nobody can tell. */
  readonly leftS: number | null;
  readonly verdicts: VerdictCounts;
  /** Of the runs that ended last, in the order in which they ended. */
  readonly lately: readonly (typeof countedVerdicts)[number][];
  readonly ok: number;
  readonly acknowledged: number;
  readonly now: string;
  readonly notValid: readonly NotValidRow[];
  /** Present when it is over. */
  readonly ended?: { readonly why: string; readonly anomalies: readonly string[]; readonly report: string };
}

interface NotValidRow {
  readonly name: string;
  readonly verdict: string;
  readonly why: string;
  readonly command: string;
  /** '' where there is none. */
  readonly report: string;
}

export interface CollectionInput {
  readonly summary: RunSummary;
  /** What was read last of progress.json. */
  readonly progress: JsonRecord;
  /** campaign.json or all.json, once it is there. */
  readonly record: JsonRecord | undefined;
  /** Where it leads when it is over. */
  readonly address: string;
  readonly nowMs: number;
}

export function collectionState(input: CollectionInput): CollectionState {
  const { summary, progress, record, address, nowMs } = input;
  const goesOn = summary.outcome === 'running';
  const startMs = numberOf(progress['startWallMs']) ?? summary.startMs;
  const endMs = goesOn ? nowMs : (numberOf(progress['updatedWallMs']) ?? startMs);
  const elapsedS = summary.seconds ?? Math.max(0, endMs - startMs) / 1000;
  const told = {
    done: numberOf(progress['done']) ?? 0,
    wanted: numberOf(progress['wanted']) ?? 0,
    verdicts: countsOf(recordOf(progress['verdicts'])),
    ok: numberOf(progress['ok']) ?? 0,
    acknowledged: numberOf(progress['acknowledged']) ?? 0,
  };
  const { done, wanted } = told;
  return {
    outcome: summary.outcome,
    elapsedS,
    ...told,
    // What ended after the last look into progress.json is in the record alone.
    ...(record === undefined ? {} : totalsOf(record)),
    workers: numberOf(progress['workers']) ?? 1,
    leftS: goesOn && done > 0 ? (elapsedS / done) * (wanted - done) : null,
    lately: [...textOf(progress['lately'])].flatMap(
      (letter) => countedVerdicts.find((verdict) => verdict.startsWith(letter)) ?? [],
    ),
    now: goesOn ? textOf(progress['now']) : '',
    notValid: listOf(progress['notValid']).map((run) => rowOf(recordOf(run), summary.path)),
    ...(goesOn ? {} : { ended: { why: summary.why, anomalies: summary.anomalies, report: address } }),
  };
}

function rowOf(run: JsonRecord, path: string): NotValidRow {
  const folder = textOf(run['folder']).replaceAll('\\', '/');
  const place = posix.join(path, folder);
  const isBelow = folder !== '' && !place.startsWith('..');
  return {
    name: textOf(run['name']),
    verdict: textOf(run['verdict']),
    why: textOf(run['why']),
    command: textOf(run['command']),
    report: isBelow ? `/files/${pathInAddress(place)}/report.html` : '',
  };
}

function countsOf(counts: JsonRecord): VerdictCounts {
  const of = (name: string) => numberOf(counts[name]) ?? 0;
  return { valid: of('valid'), invalid: of('invalid'), unknown: of('unknown'), broke: of('broke') };
}

type Totals = Partial<Pick<CollectionState, 'done' | 'verdicts' | 'ok' | 'acknowledged'>>;

/** Of campaign.json, where those that broke are unknown, or of all.json. */
function totalsOf(record: JsonRecord): Totals {
  const cells = listOf(record['cells']);
  if (cells.length > 0) {
    const runs = cells.flatMap((cell) => listOf(recordOf(cell)['runs'])).map(recordOf);
    const count = (verdict: string) => runs.filter((run) => run['verdict'] === verdict).length;
    const sum = (name: string) => runs.reduce((total, run) => total + (numberOf(run[name]) ?? 0), 0);
    return {
      done: runs.length,
      verdicts: countsOf(Object.fromEntries(countedVerdicts.map((verdict) => [verdict, count(verdict)]))),
      ...{ ok: sum('ok'), acknowledged: sum('acknowledged') },
    };
  }
  const done = numberOf(record['seedsDone']);
  if (done === undefined) return {};
  const { valid, invalid, unknown } = countsOf(recordOf(record['verdicts']));
  const broke = numberOf(record['broken']) ?? 0;
  return {
    ...{ done, verdicts: { valid, invalid, unknown: unknown - broke, broke } },
    ...{ ok: numberOf(record['ok']) ?? 0, acknowledged: numberOf(record['acknowledged']) ?? 0 },
  };
}
