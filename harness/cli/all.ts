/** `all`: the matrix of workload, nemesis and world, or a part of it, and one page about all of it. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { type MatrixCell, matrixCells, parseShard, shardOf } from '../matrix/matrix-cells.ts';
import { matrixLines } from '../matrix/matrix-lines.ts';
import {
  type MatrixRecord,
  type MatrixRun,
  mergeRecords,
  type RunVerdict,
  totalsOf,
} from '../matrix/matrix-record.ts';
import { type MatrixWorld, parseMatrix } from '../matrix/parse-matrix.ts';
import { planTurns, type Turn } from '../matrix/plan-turns.ts';
import { RunCosts } from '../matrix/run-costs.ts';
import { runMatrix } from '../matrix/run-matrix.ts';
import { makeMatrixFolder, readMatrix, recordsBelow, writeMatrix } from '../matrix/write-matrix.ts';
import { projectRoot } from '../project-root.ts';
import { FollowedCollection } from '../runner/followed-collection.ts';
import { programVersions } from '../runner/program-versions.ts';
import { UsageError } from '../usage-error.ts';
import { planOfCell, refusalOf, runOfCell } from './cell-run.ts';
import { chooseDeployment } from './choose-deployment.ts';
import { didYouMean } from './did-you-mean.ts';
import type { OptionName } from './options-table.ts';
import type { ParsedArguments } from './parse-options.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import type { Style, Terminal } from './terminal.ts';
import { TerminalListener } from './terminal-listener.ts';

const codes: Readonly<Record<RunVerdict, number>> = { valid: 0, invalid: 1, unknown: 2, broke: 255 };
const styles: Readonly<Record<RunVerdict, Style>> = {
  valid: 'green',
  invalid: 'red',
  unknown: 'yellow',
  broke: 'red',
};

/** What `all` reads itself; the other options are every run's. */
const ownOptions: ReadonlySet<OptionName> = new Set<OptionName>([
  'matrix',
  'shard',
  'repeat',
  'budget',
  'merge',
  'seed',
  'nemesis',
  'workload',
  'deployment',
  'time-limit',
  'results',
  'json',
  'quiet',
]);

/** Seeds of one cell lie side by side, those of another far from them. */
const seedsOfCell = 1000;

export async function all(
  parsed: ParsedArguments,
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (words.length > 0) throw new UsageError(`all: wanted options only, got "${words.join(' ')}"`);
  const { values } = parsed;
  const results = resolve(values.get('results') ?? 'results');
  const merge = values.get('merge');
  if (merge !== undefined) return merged(merge.split(','), results, parsed, terminal);
  const cells = cellsOf(parsed);
  const given = passedOn(parsed);
  const firstSeed = Number(values.get('seed') ?? randomBytes(4).readUInt32BE());
  const budget = values.get('budget');
  const budgetS = budget === undefined ? undefined : Number(budget) * 60;
  const timeLimitS = parsed.given.has('time-limit') ? Number(values.get('time-limit')) : undefined;
  const costs = new RunCosts();
  const repeat = Number(values.get('repeat'));
  const turns = planTurns(cells, costs, { repeat, budgetS, timeLimitS, from: firstSeed });
  const startWallMs = osClock.wallMs();
  const startMs = osClock.monotonicMs();
  const folder = makeMatrixFolder(results, startWallMs);
  const command = commandOf(parsed, firstSeed);
  const abort = new AbortController();
  stopOnSignals(abort, terminal, 'ending this run, then the summary');
  terminal.line(`all      ${command}`);
  terminal.line(
    `matrix   ${cells.length} cells, ${turns.length} runs${budget === undefined ? '' : ` in at most ${budget} min`}`,
  );
  const worlds = new Worlds(values.get('toxiproxy') ?? 'auto');
  const listener = new TerminalListener(terminal, true);
  let isHung = false;
  const seedOf = ({ cell, round }: Turn) => (firstSeed + cell.place * seedsOfCell + round - 1) % 2 ** 32;
  const recordOf = (done: MatrixRecord['cells']): MatrixRecord => ({
    version: 1,
    command,
    startWallMs,
    seconds: (osClock.monotonicMs() - startMs) / 1000,
    budgetS,
    interrupted: abort.signal.aborted,
    versions: programVersions(),
    cells: done,
  });
  const followed = new FollowedCollection(folder, osClock, {
    ...{ collection: 'matrix', world: [...new Set(cells.map(({ world }) => world))].join(', ') },
    ...{ command, firstSeed, workers: 1, startWallMs, wanted: turns.length },
  });
  const done = await runMatrix({
    ...{ cells, turns, costs, clock: osClock, budgetS, signal: abort.signal },
    skip: async (cell) =>
      refusalOf(cell, given, timeLimitS ?? cell.leastS) ?? (await worlds.missing(cell.world)),
    run: (turn, seconds) => {
      const { cell } = turn;
      followed.begins(`${cell.name}, seed ${seedOf(turn)}`);
      if (!values.has('quiet') && terminal.isInteractive)
        terminal.live(`${cell.name}, seed ${seedOf(turn)}, ${turn.timeLimitS} s of load ...`);
      return runOfCell(
        planOfCell(cell, given, turn.timeLimitS, seedOf(turn)),
        {
          resultsFolder: results,
          matrixFolder: folder,
          listener,
          signal: abort.signal,
          deployment: () => worlds.get(cell.world),
          hung: () => {
            isHung = true;
            abort.abort();
          },
        },
        seconds,
      );
    },
    told: (turn, run, left) => {
      const { anomalies, command: again, seed, verdict, why, ok, acknowledged } = run;
      const ended = { name: `${turn.cell.name}, seed ${seed}`, verdict, why, anomalies, command: again };
      followed.ended({ ...ended, ok, acknowledged, folder: run.folder ?? null }, left);
      if (!values.has('quiet') || run.verdict !== 'valid') tellRun(terminal, turn, run, left);
    },
  }).catch((error: unknown) => {
    followed.broke(error);
    throw error;
  });
  const code = followed.recorded(() => finish(recordOf(done), folder, parsed, terminal));
  // What hangs would keep the process alive, for ever perhaps; the next start sweeps up what it leaves.
  if (isHung) process.exit(code);
  return code;
}

function finish(
  record: MatrixRecord,
  folder: string,
  { values }: ParsedArguments,
  terminal: Terminal,
): number {
  writeMatrix(folder, record);
  if (values.has('json')) terminal.output(`${JSON.stringify(record, null, 2)}\n`);
  const lines = matrixLines(record);
  const width = Math.max(0, ...lines.map(({ cell }) => cell.length));
  terminal.line('');
  for (const { verdict, cell, text } of lines)
    terminal.line(`${wordOf(terminal, verdict)} ${cell.padEnd(width)}  ${text}`);
  const { verdict, sentence } = totalsOf(record);
  terminal.line('');
  terminal.line(`runs     ${sentence}`);
  terminal.line(`page     ${relative(process.cwd(), join(folder, 'index.html'))}`);
  terminal.line(`verdict  ${wordOf(terminal, verdict).trim()}`);
  return codes[verdict];
}

function tellRun(terminal: Terminal, { cell, timeLimitS }: Turn, run: MatrixRun, left: number): void {
  const rest = left === 0 ? '' : ` · ${left} to go`;
  terminal.line(
    `${wordOf(terminal, run.verdict)} ${cell.name}, seed ${run.seed}, ${timeLimitS} s of load · ${run.seconds.toFixed(0)} s${rest}`,
  );
  if (run.verdict === 'valid') return;
  terminal.line(`         ${run.why}`);
  terminal.line(`         ${run.command}`);
}

function wordOf(terminal: Terminal, verdict: RunVerdict | undefined): string {
  if (verdict === undefined) return '-'.padEnd(8);
  const word = verdict === 'invalid' || verdict === 'broke' ? verdict.toUpperCase() : verdict;
  return terminal.style(styles[verdict], word.padEnd(8));
}

/** Of the table, as far as the command line wants them: by world, by nemesis, by shard. */
function cellsOf({ values, given }: ParsedArguments): readonly MatrixCell[] {
  const path = values.get('matrix');
  if (path !== undefined && !existsSync(path)) throw new UsageError(`--matrix: there is no ${path}`);
  const file = path ?? new URL('harness/matrix/matrix.txt', projectRoot());
  const every = matrixCells(parseMatrix(path ?? 'harness/matrix/matrix.txt', readFileSync(file, 'utf8')));
  const shardText = values.get('shard');
  const shard = shardText === undefined ? { part: 1, of: 1 } : parseShard(shardText);
  if (shard === undefined)
    throw new UsageError(`--shard: wanted i/n with i from 1 to n, such as 2/8, got "${shardText}"`);
  const world =
    given.has('deployment') && values.get('deployment') !== 'auto' ? values.get('deployment') : undefined;
  const nemesis = given.has('nemesis') ? values.get('nemesis') : undefined;
  const wanted = every.filter(
    (cell) =>
      (world === undefined || cell.world === world) && (nemesis === undefined || cell.nemesis === nemesis),
  );
  if (wanted.length === 0) {
    const names = [...new Set(every.map((cell) => cell.nemesis))];
    throw new UsageError(
      `--nemesis: the matrix has no row "${nemesis ?? ''}"${world === undefined ? '' : ` in the world "${world}"`}${didYouMean(nemesis ?? '', names) || '.'} Rows: ${names.join(' ')}`,
    );
  }
  const cells = shardOf(wanted, shard);
  if (cells.length === 0)
    throw new UsageError(`--shard: ${shard.of} shards are more than the ${wanted.length} cells there are`);
  return cells;
}

function passedOn({ values, given }: ParsedArguments): readonly string[] {
  return [...given]
    .filter((name) => !ownOptions.has(name))
    .map((name) => {
      const value = values.get(name) ?? '';
      return value === 'true' ? `--${name}` : `--${name}=${value}`;
    });
}

function commandOf({ values, given }: ParsedArguments, firstSeed: number): string {
  const options = [...given]
    .filter((name) => name !== 'seed' && name !== 'results' && name !== 'quiet' && name !== 'json')
    .map((name) => {
      const value = values.get(name) ?? '';
      return value === 'true' ? `--${name}` : `--${name} ${value}`;
    });
  return ['npm run jepsen -- all', ...options, `--seed ${firstSeed}`].join(' ');
}

/** The real worlds, asked before each run whether they are still there. */
class Worlds {
  readonly #toxiproxy: string;
  readonly #known = new Map<MatrixWorld, Deployment>();

  constructor(toxiproxy: string) {
    this.#toxiproxy = toxiproxy;
  }

  async missing(world: MatrixWorld): Promise<string | undefined> {
    if (world === 'sim') return undefined;
    try {
      const known = this.#known.get(world);
      if (known !== undefined) return await known.unavailable();
      this.#known.set(
        world,
        await chooseDeployment({ deployment: world, toxiproxy: this.#toxiproxy }, () => undefined),
      );
      return undefined;
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
  }

  get(world: MatrixWorld): Deployment {
    const deployment = this.#known.get(world);
    if (deployment === undefined) throw new Error(`nobody asked for the world "${world}"`);
    return deployment;
  }
}

/** Shards that ran on several machines, as one page: in the folder of --results itself, beside what it links to, where that is named. */
function merged(
  folders: readonly string[],
  results: string,
  parsed: ParsedArguments,
  terminal: Terminal,
): number {
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined) throw new UsageError(`--merge: there is no ${missing}`);
  const folder = parsed.given.has('results') ? results : makeMatrixFolder(results, osClock.wallMs());
  mkdirSync(folder, { recursive: true });
  // What an earlier merge left there is no part.
  const own = join(folder, 'all.json');
  const paths = [...new Set(folders.flatMap(recordsBelow))].filter((path) => path !== own);
  if (paths.length === 0) throw new UsageError(`--merge: there is no all.json below ${folders.join(', ')}`);
  return finish(mergeRecords(paths.map((path) => readMatrix(path, folder))), folder, parsed, terminal);
}
