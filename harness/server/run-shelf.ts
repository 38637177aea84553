/** All rows of a results folder: each is read once, and again when its folder changes. Looks when it is asked, never by itself. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSummary } from './read-summary.ts';
import type { RunSummary } from './run-summary.ts';
import { osSurroundings, type Surroundings } from './under-way.ts';

interface Kept {
  readonly summary: RunSummary | undefined;
  /** Of the folder and of what is replaced in it: when these are the same nothing was written. */
  readonly stamp: string;
}

/** How many folders are looked at side by side. */
const atOnce = 16;
/** Of finished rows, at each look: `check RUN` may judge them again. */
const againPerLook = 200;
/** Files that are written anew; one that comes or goes changes the folder itself. */
const watchedOf = {
  run: ['results.json', 'progress.json'],
  campaign: ['progress.json'],
  bugs: ['bugs.json'],
  matrix: ['all.json', 'progress.json'],
};

export class RunShelf {
  readonly folder: string;
  /** Rises with every change. */
  version = 0;
  readonly #kept = new Map<string, Kept>();
  readonly #surroundings: () => Surroundings;
  #rows: readonly RunSummary[] = [];
  #looking: Promise<void> | undefined;
  #again = 0;

  constructor(folder: string, surroundings: () => Surroundings = osSurroundings) {
    this.folder = folder;
    this.#surroundings = surroundings;
  }

  /** Newest first. */
  get rows(): readonly RunSummary[] {
    return this.#rows;
  }

  /** Rejects where the results folder itself cannot be read. Several callers share one look. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  find(path: string): RunSummary | undefined {
    return this.#kept.get(path)?.summary;
  }

  /** One row as it is now, known already or not. */
  async refresh(path: string): Promise<RunSummary | undefined> {
    if (this.#kept.has(path) && (await this.#read(path))) this.#sort();
    return this.find(path);
  }

  #sort(): void {
    this.version += 1;
    this.#rows = [...this.#kept.values()].flatMap(({ summary }) => summary ?? []).sort(newestFirst);
  }

  async #look(): Promise<void> {
    const paths = await runPaths(this.folder);
    let changed = false;
    const there = new Set(paths);
    for (const path of this.#kept.keys()) {
      if (there.has(path)) continue;
      this.#kept.delete(path);
      changed = true;
    }
    await inTurns(this.#due(paths), async (path) => {
      if (await this.#read(path)) changed = true;
    });
    if (changed) this.#sort();
  }

  /** What is new or not finished, and some of the others in their turn. */
  #due(paths: readonly string[]): readonly string[] {
    const finished: string[] = [];
    const due = paths.filter((path) => {
      const outcome = this.#kept.get(path)?.summary?.outcome;
      if (outcome === undefined || outcome === 'running' || outcome === 'broke') return true;
      finished.push(path);
      return false;
    });
    const from = this.#again < finished.length ? this.#again : 0;
    this.#again = from + againPerLook;
    return [...due, ...finished.slice(from, this.#again)];
  }

  async #read(path: string): Promise<boolean> {
    const known = this.#kept.get(path);
    const watched = watchedOf[known?.summary?.type ?? 'run'];
    const stamp = await stampOf(join(this.folder, path), watched);
    // One that goes on may end without a word.
    if (known?.stamp === stamp && known.summary?.outcome !== 'running') return false;
    const summary = await readSummary(this.folder, path, this.#surroundings());
    this.#kept.set(path, { summary, stamp });
    return known === undefined
      ? summary !== undefined
      : JSON.stringify(known.summary) !== JSON.stringify(summary);
  }
}

function newestFirst(a: RunSummary, b: RunSummary): number {
  return b.startMs - a.startMs || (a.path < b.path ? 1 : -1);
}

/** 'kind/run' of every folder that may be one; links are left out, since what they lead to has its own place. */
async function runPaths(results: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const kind of await foldersIn(results))
    for (const run of await foldersIn(join(results, kind)).catch(() => [])) paths.push(`${kind}/${run}`);
  return paths;
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : []));
}

async function stampOf(folder: string, watched: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    ['.', ...watched].map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs, size }) => `${mtimeMs}/${size}`,
        () => '-',
      ),
    ),
  );
  return stamps.join(' ');
}

async function inTurns(paths: readonly string[], work: (path: string) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) await work(path);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
