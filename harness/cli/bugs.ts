/** `bugs`: each row of the catalogue under swarm (or in real runs), until its anomaly shows; and the same seeds without it. */
import { relative, resolve } from 'node:path';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { type BugSearch, huntBug, type SeedRunner } from '../campaign/bug-hunt.ts';
import {
  type BugsRecord,
  bugLines,
  type HuntedBug,
  outcomeOfBug,
  verdictOf,
  verdictOfBug,
  waitingLine,
} from '../campaign/bug-table.ts';
import type { CampaignBase } from '../campaign/campaign-seed.ts';
import { SeedPool } from '../campaign/seed-pool.ts';
import { writeBugs } from '../campaign/write-bugs.ts';
import { propertiesText } from '../record/run-plan.ts';
import {
  type BugWorld,
  type SeededBugRow,
  seededBugCatalogue,
  waitingBugs,
} from '../record/seeded-bug-catalogue.ts';
import { programVersions } from '../runner/program-versions.ts';
import { UsageError } from '../usage-error.ts';
import { seedHangMs, workersOf } from './campaign.ts';
import { chooseDeployment } from './choose-deployment.ts';
import { didYouMean } from './did-you-mean.ts';
import type { OptionName } from './options-table.ts';
import { type ParsedArguments, parseArguments } from './parse-options.ts';
import { RealRuns } from './real-runs.ts';
import { runPlanFromOptions } from './run-plan-from-options.ts';
import { campaignBaseFromOptions } from './sim-options.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import type { Terminal } from './terminal.ts';
import { verdictCodes } from './verdict-codes.ts';

const startsApart = 10_000;
const firstSeedUsual = 1;
/** Of real runs, where nothing else was typed: enough load that every fault meets writes and reads, and more of the faults than a single run has. */
const realRunDefaults = {
  nemesis: 'all-random',
  rate: '500',
  concurrency: '16',
  'nemesis-interval': '9',
} as const satisfies Partial<Record<OptionName, string>>;

export async function bugs(
  parsed: ParsedArguments,
  words: readonly string[],
  terminal: Terminal,
): Promise<number> {
  if (words.length > 0) throw new UsageError(`bugs: wanted options only, got "${words.join(' ')}"`);
  const { values } = parsed;
  const world = worldOf(values.get('world'));
  refuseOthers(parsed, world);
  const rows = rowsOf(values.get('bug')).filter((row) => row.worlds.includes(world));
  const resultsFolder = resolve(values.get('results') ?? 'results');
  const abort = new AbortController();
  const runner = await runnerOf(world, parsed, resultsFolder, abort.signal);
  const firstSeed = Number(values.get('first-seed') ?? firstSeedUsual);
  const starts = world === 'sim' ? Number(values.get('starts')) : 1;
  const seedsMax = Number(values.get(world === 'sim' ? 'seeds-max' : 'runs'));
  const command = commandOf(parsed);
  terminal.line(`bugs     ${command}`);
  terminal.line(`threads  ${runner.workers}`);
  stopOnSignals(abort, terminal, 'finishing the seeds that have begun');
  const startMs = osClock.monotonicMs();
  const startWallMs = osClock.wallMs();
  const hunted: HuntedBug[] = [];
  const recordNow = (isWhole: boolean): BugsRecord => ({
    version: 1,
    command,
    world,
    verdict: isWhole ? verdictOf(hunted) : 'unknown',
    seedsMax,
    bugs: hunted,
    waiting: waitingBugs,
    realSeconds: (osClock.monotonicMs() - startMs) / 1000,
    workers: runner.workers,
    interrupted: !isWhole,
    versions: programVersions(),
  });
  try {
    for (const row of rows) {
      if (abort.signal.aborted) break;
      let tried = 0;
      const searches = await huntBug(runner, {
        row,
        base: baseOf(row, parsed, world, 'with'),
        control: baseOf(row, parsed, world, 'without'),
        firstSeeds: Array.from({ length: starts }, (_, start) => firstSeed + start * startsApart),
        seedsMax,
        signal: abort.signal,
        told: (outcome) => {
          tried += 1;
          terminal.live(`${row.id} ${row.name}: ${tried} seeds · last ${outcome.seed} ${outcome.verdict}`);
        },
      });
      const excuse = world === 'sim' ? undefined : row.rareOnProcesses;
      const under = world === 'sim' ? undefined : row.inRealRuns;
      const bug: HuntedBug = {
        row,
        searches,
        ...(under === undefined ? {} : { under: `${under.nemesis}: ${under.why}` }),
        ...(excuse === undefined ? {} : { excuse }),
      };
      hunted.push(bug);
      if (!values.has('quiet')) terminal.line(progressText(bug, terminal));
      // Also who ends it at once, after hours, has the table as far as it went.
      writeBugs(resultsFolder, startWallMs, recordNow(false));
    }
  } finally {
    if (runner instanceof SeedPool) await runner.close();
  }
  const record = recordNow(!abort.signal.aborted);
  const folder = writeBugs(resultsFolder, startWallMs, record);
  if (values.has('json')) terminal.output(`${JSON.stringify(record, null, 2)}\n`);
  terminal.line('');
  for (const line of bugLines(hunted)) terminal.line(line);
  terminal.line('');
  terminal.line('waiting, not counted:');
  for (const bug of waitingBugs) terminal.line(`  ${waitingLine(bug)}`);
  terminal.line(`report   ${relative(process.cwd(), folder)}/report.html`);
  terminal.line(`verdict  ${record.verdict}`);
  return verdictCodes[record.verdict];
}

function worldOf(typed: string | undefined): BugWorld {
  return typed === 'process' || typed === 'docker' ? typed : 'sim';
}

function refuseOthers({ given }: ParsedArguments, world: BugWorld): void {
  const foreign: readonly OptionName[] = ['nemesis', 'seed', 'seeds', 'deployment', 'repeat'];
  const others: readonly OptionName[] =
    world === 'sim' ? ['runs', 'toxiproxy'] : ['seeds-max', 'starts', 'workers'];
  const name = [...foreign, ...others].find((option) => given.has(option));
  if (name !== undefined)
    throw new UsageError(`bugs: --${name} is not for it in the world "${world}"; see --help`);
}

function rowsOf(names: string | undefined): readonly SeededBugRow[] {
  if (names === undefined) return seededBugCatalogue;
  return names.split(',').map((name) => {
    const row = seededBugCatalogue.find((one) => one.name === name || one.id === name);
    if (row !== undefined) return row;
    const waiting = waitingBugs.find((one) => one.name === name || one.id === name);
    if (waiting !== undefined) throw new UsageError(`--bug: ${name} waits for ${waiting.waitsFor}`);
    const known = seededBugCatalogue.map((one) => one.name);
    throw new UsageError(
      `--bug: no bug named "${name}"${didYouMean(name, known) || '.'} Known: ${known.join(', ')}`,
    );
  });
}

async function runnerOf(
  world: BugWorld,
  parsed: ParsedArguments,
  resultsFolder: string,
  signal: AbortSignal,
): Promise<SeedRunner> {
  if (world === 'sim') return new SeedPool({ workers: workersOf(parsed), resultsFolder, hangMs: seedHangMs });
  const toxiproxy = parsed.values.get('toxiproxy') ?? 'auto';
  const deployment = await chooseDeployment({ deployment: world, toxiproxy }, () => undefined);
  return new RealRuns(deployment, resultsFolder, signal);
}

/** The row's settings as if they were typed, over what was: without them nothing could go wrong. */
function baseOf(
  row: SeededBugRow,
  parsed: ParsedArguments,
  world: BugWorld,
  bug: 'with' | 'without',
): CampaignBase {
  const { brokerProperties, controllerProperties, options } = row.settings;
  const typed: Record<string, string> = { ...options };
  if (Object.keys(brokerProperties).length > 0) typed['broker-properties'] = propertiesText(brokerProperties);
  if (Object.keys(controllerProperties).length > 0)
    typed['controller-properties'] = propertiesText(controllerProperties);
  const settings = parseArguments(Object.entries(typed).flatMap(([name, value]) => [`--${name}`, value]));
  const values = new Map(parsed.values);
  const given = new Set([...parsed.given, ...settings.given]);
  for (const name of settings.given) values.set(name, settings.values.get(name) ?? '');
  if (bug === 'with') values.set('bug', row.name);
  else {
    values.delete('bug');
    given.delete('bug');
  }
  if (bug === 'with') given.add('bug');
  // The seeds are the search's.
  if (world === 'sim') return campaignBaseFromOptions({ words: [], values, given }, 'swarm', 0);
  const usual = { ...realRunDefaults, nemesis: row.inRealRuns?.nemesis ?? realRunDefaults.nemesis };
  for (const [name, value] of Object.entries(usual))
    if (!given.has(name as OptionName)) values.set(name as OptionName, value);
  return { kind: 'plain', plan: runPlanFromOptions(values, 0, world) };
}

function commandOf({ given, values }: ParsedArguments): string {
  const options = [...given].map((name) =>
    values.get(name) === 'true' ? `--${name}` : `--${name} ${values.get(name)}`,
  );
  return ['npm run jepsen -- bugs', ...options].join(' ');
}

function progressText(bug: HuntedBug, terminal: Terminal): string {
  const verdict = verdictOfBug(bug);
  const style = verdict === 'valid' ? 'green' : verdict === 'invalid' ? 'red' : 'yellow';
  const starts = bug.searches.map(startText).join(', ');
  return `${bug.row.id.padEnd(4)}${bug.row.name.padEnd(30)} ${terminal.style(style, outcomeOfBug(bug))}  seeds ${starts}`;
}

function startText({ found, seedsTried }: BugSearch): string {
  if (found === undefined) return `not in ${seedsTried}`;
  return found.control.verdict === 'valid'
    ? String(found.seeds)
    : `${found.seeds} (control ${found.control.verdict})`;
}
