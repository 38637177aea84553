/** results/<kind>/<UTC time>-<seed>/ and the links beside it. */
import { accessSync, constants, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export interface RunFiles {
  readonly folder: string;
  readonly run: string;
  /** Of simulated runs: what decides them. */
  readonly scenario: string;
  readonly history: string;
  readonly faults: string;
  readonly trace: string;
  readonly results: string;
  readonly junit: string;
  readonly report: string;
  readonly nodes: string;
}

export function runFiles(folder: string): RunFiles {
  const at = (name: string) => join(folder, name);
  return {
    folder,
    run: at('run.json'),
    scenario: at('scenario.json'),
    history: at('history.jsonl'),
    faults: at('faults.jsonl'),
    trace: at('trace.jsonl'),
    results: at('results.json'),
    junit: at('junit.xml'),
    report: at('report.html'),
    nodes: at('nodes'),
  };
}

export class ResultsFolderError extends Error {
  override readonly name = 'ResultsFolderError';
  readonly exitCode = 254;
}

/** Makes the folder of a new run. Throws ResultsFolderError where nothing can be written. */
export function makeRunFolder(results: string, kind: string, startWallMs: number, seed: number): RunFiles {
  const time = new Date(startWallMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/:/g, '.');
  for (let attempt = 0; ; attempt += 1) {
    const folder = join(results, kind, `${time}-${seed}${attempt === 0 ? '' : `-${attempt}`}`);
    try {
      mkdirSync(dirname(folder), { recursive: true });
      accessSync(dirname(folder), constants.W_OK);
      mkdirSync(folder);
      mkdirSync(join(folder, 'nodes'));
      return runFiles(folder);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST' && attempt < 100) continue;
      const reason = error instanceof Error ? error.message : String(error);
      const advice = 'choose a folder that can be written with --results FOLDER';
      throw new ResultsFolderError(`--results: cannot make ${folder}: ${reason}; ${advice}`, {
        cause: error,
      });
    }
  }
}

/** `latest` beside the kinds points at the newest run; where links cannot be made there is none. */
export function pointLatest(results: string, folder: string): void {
  const link = join(results, 'latest');
  try {
    rmSync(link, { force: true });
    symlinkSync(relative(results, folder), link, 'dir');
  } catch {
    // A file system without links loses a convenience, not a result.
  }
}
