/** results/bugs/<UTC time>/: bugs.json, bugs.md, report.html, results.json for the index. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeIndex } from '../runner/write-report.ts';
import { type BugsRecord, bugsHtml, bugsMarkdown } from './bug-table.ts';

/** Returns the folder. */
export function writeBugs(resultsFolder: string, startWallMs: number, record: BugsRecord): string {
  const time = new Date(startWallMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/:/g, '.');
  const folder = join(resultsFolder, 'bugs', time);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const anomalies = record.bugs.flatMap(({ searches }) =>
    searches.flatMap(({ found }) => found?.control.anomalies ?? []),
  );
  write('bugs.json', `${JSON.stringify(record, null, 2)}\n`);
  write('bugs.md', bugsMarkdown(record));
  write('report.html', bugsHtml(record));
  write(
    'results.json',
    `${JSON.stringify({ verdict: record.verdict, anomalies: [...new Set(anomalies)].sort() }, null, 2)}\n`,
  );
  writeIndex(resultsFolder);
  return folder;
}
