/** results/all/<UTC time>/: index.html, all.json, junit.xml; `results/all/latest` points at it. */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { UsageError } from '../usage-error.ts';
import { matrixHtml } from './matrix-html.ts';
import { matrixJunit } from './matrix-junit.ts';
import type { MatrixRecord } from './matrix-record.ts';

/** Makes the folder of a new matrix. */
export function makeMatrixFolder(resultsFolder: string, startWallMs: number): string {
  const time = new Date(startWallMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/:/g, '.');
  for (let attempt = 0; ; attempt += 1) {
    const folder = join(resultsFolder, 'all', attempt === 0 ? time : `${time}-${attempt}`);
    mkdirSync(dirname(folder), { recursive: true });
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST' && attempt < 100) continue;
      throw error;
    }
  }
}

export function writeMatrix(folder: string, record: MatrixRecord): void {
  writeFileSync(join(folder, 'all.json'), `${JSON.stringify(record, null, 2)}\n`);
  writeFileSync(join(folder, 'junit.xml'), matrixJunit(record));
  writeFileSync(join(folder, 'index.html'), matrixHtml(record));
  if (basename(dirname(folder)) !== 'all') return;
  const link = join(dirname(folder), 'latest');
  try {
    rmSync(link, { force: true });
    symlinkSync(basename(folder), link, 'dir');
  } catch {
    // A file system without links loses a convenience, not a result.
  }
}

/** Every all.json below a folder, each once, however many links lead to it; their order is that of their names. */
export function recordsBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) === 'all.json' && basename(dirname(name)) !== 'latest')
    .map((name) => resolve(folder, name))
    .sort();
}

/** `path`: an all.json. Folders of runs are told as seen from `folder`, where they will be linked. */
export function readMatrix(path: string, folder: string): MatrixRecord {
  let record: Partial<MatrixRecord>;
  try {
    record = JSON.parse(readFileSync(path, 'utf8')) as Partial<MatrixRecord>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--merge: cannot read ${path}: ${reason}`, { cause: error });
  }
  if (record.version !== 1 || record.cells === undefined)
    throw new UsageError(`--merge: ${path} is not the all.json of a matrix, version 1`);
  const from = dirname(resolve(path));
  const cells = record.cells.map((cell) => ({
    ...cell,
    runs: cell.runs.map((run) =>
      run.folder === undefined ? run : { ...run, folder: relative(folder, resolve(from, run.folder)) },
    ),
  }));
  return { ...(record as MatrixRecord), cells };
}
