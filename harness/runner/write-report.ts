/** results.json, junit.xml and report.html of a judged run; index.html of all runs. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { runKind } from '../record/run-plan.ts';
import { expectedOf } from '../record/seeded-bug-catalogue.ts';
import { type IndexRow, indexHtml } from '../report/index-html.ts';
import { junitXml } from '../report/junit.ts';
import { reportData } from '../report/report-data.ts';
import { reportHtml } from '../report/report-html.ts';
import type { Judgement } from './judge.ts';

export function writeReport(files: RunFiles, judgement: Judgement): void {
  writeReportFiles(files, judgement);
  writeIndex(dirname(dirname(files.folder)));
}

/** Without the index: for those who write many. */
export function writeReportFiles(files: RunFiles, judgement: Judgement): void {
  const { record, results, verdict } = judgement;
  const kind = runKind(record.plan);
  const seconds = Object.values(record.phases).reduce((sum, phase) => sum + phase, 0);
  writeFileSync(files.results, resultsJson(judgement));
  writeFileSync(files.junit, junitXml(kind, seconds, results));
  const { windows, trace, replicas, drawn, travels } = judgement.evidence;
  const data = reportData({
    title: `${kind}, seed ${record.plan.seed}`,
    verdict,
    record,
    results,
    windows,
    trace,
    replicas,
    drawn,
    travels,
    colours: Object.fromEntries([...namedNemeses].map(([name, { colours }]) => [name, colours])),
  });
  writeFileSync(files.report, reportHtml(data));
}

/** What results.json holds: stable, for machines. */
export function resultsJson({ verdict, results, record, took }: Judgement): string {
  const found = new Set(results.flatMap(({ anomalyCounts }) => Object.keys(anomalyCounts)));
  const content = {
    version: record.version,
    verdict,
    kind: runKind(record.plan),
    seed: record.plan.seed,
    replay: record.replay,
    interrupted: record.interrupted ?? null,
    anomalies: [...found].sort(),
    bug: record.plan.bug ?? null,
    expectedAnomalies: record.plan.bug === undefined ? null : expectedOf(record.plan.bug),
    phases: { ...record.phases, judging: took },
    checkers: results,
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

export function writeIndex(resultsFolder: string): void {
  const rows: IndexRow[] = [];
  for (const kind of folders(resultsFolder)) {
    for (const run of folders(join(resultsFolder, kind))) {
      const row = indexRow(resultsFolder, kind, run);
      if (row !== undefined) rows.push(row);
    }
  }
  rows.sort((a, b) => (a.run < b.run ? 1 : -1));
  writeFileSync(join(resultsFolder, 'index.html'), indexHtml(rows));
}

/** Undefined where there are no results, or none that can be read: a run that is under way, or that ended badly. */
function indexRow(resultsFolder: string, kind: string, run: string): IndexRow | undefined {
  const path = join(resultsFolder, kind, run, 'results.json');
  if (!existsSync(path)) return undefined;
  try {
    const { verdict, anomalies } = JSON.parse(readFileSync(path, 'utf8')) as Pick<
      IndexRow,
      'verdict' | 'anomalies'
    >;
    return { kind, run, verdict, anomalies };
  } catch {
    return undefined;
  }
}

function folders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
}
