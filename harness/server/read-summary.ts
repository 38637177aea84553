/** Reads the folder of a run, a campaign, a table of bugs or a matrix. Never rejects: what cannot be read is a row that says so. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseFolderName } from './folder-name.ts';
import { type JsonRecord, recordOf, textOf } from './json-value.ts';
import type { RunSummary, SummaryType } from './run-summary.ts';
import {
  summarizeBugs,
  summarizeCampaign,
  summarizeMatrix,
  summarizeProgress,
} from './summarize-collection.ts';
import { outcomeOf, planFacts, type RunFacts, summarizeRun } from './summarize-run.ts';
import { isUnderWay, type Surroundings, whereItEnded } from './under-way.ts';

/** By the file that only this type has; all but runs have all in it. */
const collections = [
  { file: 'campaign.json', type: 'campaign', page: 'report.html', summarize: summarizeCampaign },
  { file: 'bugs.json', type: 'bugs', page: 'report.html', summarize: summarizeBugs },
  { file: 'all.json', type: 'matrix', page: 'index.html', summarize: summarizeMatrix },
] as const;

const noFacts: RunFacts = {
  outcome: 'broke',
  seconds: undefined,
  seed: undefined,
  workload: '',
  nemeses: [],
  world: '',
  bug: '',
  anomalies: [],
  why: '',
  figures: undefined,
  gaps: {},
  settings: {},
};

/** A folder without any of the files of a run may be a young one. */
const youngMs = 60_000;

/** `results`: the folder of all; `path`: 'kind/run'. Undefined where it is none of ours. */
export async function readSummary(
  results: string,
  path: string,
  surroundings: Surroundings,
): Promise<RunSummary | undefined> {
  const folder = join(results, path);
  const [kind = '', name = ''] = path.split('/');
  const named = parseFolderName(name);
  const rowOf = (type: SummaryType, facts: RunFacts, page?: string): RunSummary => ({
    path,
    type,
    ...facts,
    startMs: named?.startMs ?? 0,
    seed: facts.seed ?? named?.seed,
    page: page === undefined ? undefined : `${path}/${page}`,
  });
  const names: ReadonlySet<string> = new Set(await readdir(folder).catch(() => []));
  const read = (file: string) => (names.has(file) ? readJson(join(folder, file)) : undefined);
  for (const { file, type, page, summarize } of collections) {
    const record = await read(file);
    if (record === undefined) continue;
    if (record instanceof Error) return rowOf(type, broken(`${file}: ${record.message}`));
    return rowOf(type, summarize(record), page);
  }
  const [results_, record, progress] = await Promise.all([
    read('results.json'),
    read('run.json'),
    read('progress.json'),
  ]);
  const hasReport = names.has('report.html');
  if (results_ === undefined || results_ instanceof Error) {
    if (progress !== undefined && !(progress instanceof Error)) {
      const { collection } = progress;
      return collection === 'campaign' || collection === 'matrix'
        ? rowOf(collection, summarizeProgress(progress, surroundings))
        : rowOf('run', factsOfProgress(progress, surroundings));
    }
    if (results_ === undefined && record === undefined && named === undefined) return undefined;
    const young = surroundings.nowMs - (named?.startMs ?? 0) < youngMs;
    const why = results_ === undefined ? missing(kind, young) : `results.json: ${results_.message}`;
    const known = record instanceof Error ? {} : planFacts(recordOf(record?.['plan']));
    return rowOf(typeOf(kind, name), { ...broken(why), ...known }, hasReport ? 'report.html' : undefined);
  }
  const readable = record instanceof Error || record === undefined ? {} : record;
  const facts = summarizeRun(readable, results_);
  const why = record instanceof Error ? `run.json: ${record.message}` : facts.why;
  return rowOf(
    'run',
    { ...facts, why, outcome: outcomeOf(results_['verdict']) },
    hasReport ? 'report.html' : undefined,
  );
}

function factsOfProgress(progress: JsonRecord, surroundings: Surroundings): RunFacts {
  const goesOn = isUnderWay(progress, surroundings);
  return {
    ...noFacts,
    ...planFacts(recordOf(progress['plan'])),
    outcome: goesOn ? 'running' : 'broke',
    why: goesOn ? `in the phase "${textOf(progress['phase']) || 'beginning'}"` : whereItEnded(progress),
  };
}

function broken(why: string): RunFacts {
  return { ...noFacts, why };
}

function missing(kind: string, young: boolean): string {
  const file = kind === 'all' ? 'all.json' : kind === 'bugs' ? 'bugs.json' : 'results.json';
  return young ? `no ${file} yet` : `no ${file}: it is not finished, or was stopped`;
}

function typeOf(kind: string, name: string): SummaryType {
  if (kind === 'all') return 'matrix';
  if (kind === 'bugs') return 'bugs';
  return name.endsWith('-campaign') ? 'campaign' : 'run';
}

/** Undefined: there is no such file. An Error: it cannot be read, or is no JSON object. */
export async function readJson(path: string): Promise<JsonRecord | Error | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT'
      ? undefined
      : new Error(`it cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonRecord;
    return new Error('it holds no JSON object');
  } catch {
    return new Error(`it is not whole (${text.length} characters that are no JSON)`);
  }
}
