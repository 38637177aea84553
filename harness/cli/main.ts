/** npm run jepsen: runs tests, judges saved runs, lists what there is. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Verdict } from '../../checkers/anomaly.ts';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import { presets } from '../../nemeses/presets/presets.ts';
import { worldsThatCan } from '../deployment/world-abilities.ts';
import { WorldLostError } from '../deployment/world-lost-error.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { seededBugCatalogue, settingsText, waitingBugs } from '../record/seeded-bug-catalogue.ts';
import { NotReadyError } from '../runner/await-condition.ts';
import { runTest } from '../runner/run-test.ts';
import { scheduleOf } from '../runner/schedule-of-plan.ts';
import { resultsJson } from '../runner/write-report.ts';
import { UsageError } from '../usage-error.ts';
import { all } from './all.ts';
import { bugs } from './bugs.ts';
import { campaign } from './campaign.ts';
import { check } from './check.ts';
import { chooseDeployment, type WantedWorld } from './choose-deployment.ts';
import { didYouMean } from './did-you-mean.ts';
import { exploreFromArguments } from './explore.ts';
import { helpText } from './help.ts';
import { nemesisNames, workloadNames } from './options-table.ts';
import { type ParsedArguments, parseArguments } from './parse-options.ts';
import { replay } from './replay.ts';
import { runPlanFromOptions } from './run-plan-from-options.ts';
import { serve } from './serve.ts';
import { shrinkRun } from './shrink.ts';
import { simulate } from './simulate.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import { printSummary } from './summary.ts';
import { Terminal } from './terminal.ts';
import { TerminalListener } from './terminal-listener.ts';
import { verdictCode } from './verdict-codes.ts';

const exitHarnessBroke = 255;
const verbs = [
  'test',
  'all',
  'check',
  'replay',
  'shrink',
  'bugs',
  'list',
  'explore',
  'serve',
  'help',
] as const;

const terminal = new Terminal(process.stderr, process.stdout, process.env);
process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    return await perform(parseArguments(argv));
  } catch (error) {
    if (error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number') {
      terminal.line(error.message);
      // What still waits for the lost world has nothing to wait for.
      if (error instanceof WorldLostError) process.exit(error.exitCode);
      return error.exitCode;
    }
    terminal.line(`the harness broke: ${error instanceof Error ? error.stack : String(error)}`);
    return exitHarnessBroke;
  }
}

function perform(parsed: ParsedArguments): Promise<number> {
  const [word = 'test', ...rest] = parsed.words;
  const verb = verbs.find((known) => known === word);
  if (verb === undefined)
    throw new UsageError(`no command "${word}"${didYouMean(word, verbs) || '.'} Known: ${verbs.join(', ')}`);
  if (parsed.values.has('help') || verb === 'help') {
    terminal.output(helpText());
    return Promise.resolve(0);
  }
  switch (verb) {
    case 'test':
      if (rest.length > 0)
        throw new UsageError(`test: wanted options only, got "${rest.join(' ')}"; see --help`);
      return parsed.values.get('deployment') === 'sim' ? simulated(parsed) : test(parsed);
    case 'all':
      return all(parsed, rest, terminal);
    case 'check':
      return Promise.resolve(check(terminal, parsed, rest));
    case 'replay':
      return replay(terminal, parsed, rest);
    case 'shrink':
      return shrinkRun(terminal, parsed, rest);
    case 'bugs':
      return bugs(parsed, rest, terminal);
    case 'list':
      list(parsed);
      return Promise.resolve(0);
    case 'explore':
      return Promise.resolve(exploreFromArguments(parsed, rest, terminal, osClock));
    case 'serve':
      return serve(parsed, rest, terminal);
    default:
      return verb satisfies never;
  }
}

function simulated(parsed: ParsedArguments): Promise<number> {
  return parsed.given.has('seeds') ? campaign(parsed, terminal) : simulate(parsed, terminal);
}

async function test(parsed: ParsedArguments): Promise<number> {
  refuseSimOptions(parsed);
  const deployment = await chooseDeployment(wantedWorld(parsed), (line) => {
    if (!parsed.values.has('quiet')) terminal.line(line);
  });
  const drawn = randomBytes(4).readUInt32BE();
  const first = runPlanFromOptions(
    parsed.values,
    Number(parsed.values.get('seed') ?? drawn),
    deployment.name,
  );
  const repeat = Number(parsed.values.get('repeat'));
  const results = resolve(parsed.values.get('results') ?? 'results');
  const quiet = parsed.values.has('quiet');
  const abort = new AbortController();
  stopOnSignals(abort, terminal);
  const verdicts: Verdict[] = [];
  for (let run = 0; run < repeat && !abort.signal.aborted; run += 1) {
    if (repeat > 1) terminal.line(`run ${run + 1} of ${repeat}`);
    const plan: RunPlan = { ...first, seed: (first.seed + run) % 2 ** 32 };
    const world = {
      deployment,
      nemeses: namedNemeses,
      schedule: scheduleOf(plan),
      resultsFolder: results,
      listener: new TerminalListener(terminal, quiet),
      signal: abort.signal,
    };
    const outcome = await runTest(plan, world).catch((error: unknown) => {
      if (abort.signal.aborted && error instanceof NotReadyError) return error;
      throw error;
    });
    if (outcome instanceof NotReadyError) {
      terminal.line(`interrupted before the load began, so there is nothing to judge (${outcome.message})`);
      verdicts.push('unknown');
      break;
    }
    const { files, judgement } = outcome;
    if (parsed.values.has('json')) terminal.output(resultsJson(judgement));
    printSummary(terminal, files, judgement);
    verdicts.push(judgement.verdict);
  }
  if (repeat > 1) {
    const count = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
    terminal.line(
      `${verdicts.length} runs: ${count('valid')} valid, ${count('invalid')} invalid, ${count('unknown')} unknown`,
    );
  }
  return verdictCode(verdicts);
}

function wantedWorld({ values }: ParsedArguments): WantedWorld {
  return {
    deployment: values.get('deployment') ?? 'auto',
    toxiproxy: values.get('toxiproxy') ?? 'auto',
  };
}

function refuseSimOptions({ given, values }: ParsedArguments): void {
  const ofMatrix = (['shard', 'budget', 'matrix', 'merge'] as const).find((name) => given.has(name));
  if (ofMatrix !== undefined)
    throw new UsageError(`--${ofMatrix}: belongs to the matrix: npm run jepsen -- all --${ofMatrix} ...`);
  const simulatedOnly = ['seeds', 'first-seed', 'workers', 'failures-max'] as const;
  const option = simulatedOnly.find((name) => given.has(name));
  if (option !== undefined)
    throw new UsageError(`--${option}: only the simulated world has campaigns; add --deployment sim`);
  if (values.get('nemesis')?.split(',').includes('swarm') === true)
    throw new UsageError('--nemesis: swarm is of the simulated world; add --deployment sim');
}

function list(parsed: ParsedArguments): void {
  const lines = ['workloads:', ...workloadNames.map((name) => `  ${name}`), 'nemeses:'];
  for (const name of nemesisNames) {
    const nemesis = namedNemeses.get(name);
    if (nemesis === undefined || nemesis.isPreset === true) continue;
    lines.push(`  ${name.padEnd(12)} ${nemesis.purpose}`);
    if (nemesis.variants.length > 0) lines.push(`  ${''.padEnd(12)} ${nemesis.variants.join(' ')}`);
  }
  lines.push('presets, nemeses written step by step (nemeses/presets):');
  for (const { name, purpose, needs } of presets) {
    const only = needs === undefined ? '' : ` (--deployment ${worldsThatCan(needs).join(', ')})`;
    lines.push(`  ${name.padEnd(17)}${purpose}${only}`);
  }
  lines.push('bugs:');
  for (const row of seededBugCatalogue) {
    const settings = settingsText(row.settings);
    const needs = settings === '' ? '' : ` (${settings})`;
    lines.push(
      `  ${row.id.padEnd(4)}${row.name.padEnd(30)} ${row.guard}${needs}; expected: ${row.expected.join(' or ')}`,
    );
  }
  lines.push('bugs that wait for a feature, not counted:');
  for (const row of waitingBugs) {
    const name = row.name === undefined ? '' : `${row.name}: `;
    lines.push(`  ${row.id.padEnd(4)}${name}${row.guard}; ${row.upstream}; waits for ${row.waitsFor}`);
  }
  lines.push('runs:', ...savedRuns(resolve(parsed.values.get('results') ?? 'results')));
  terminal.output(`${lines.join('\n')}\n`);
}

function savedRuns(folder: string): string[] {
  if (!existsSync(folder)) return ['  none'];
  const runs: string[] = [];
  for (const kind of readdirSync(folder, { withFileTypes: true })) {
    if (!kind.isDirectory()) continue;
    for (const run of readdirSync(join(folder, kind.name))) {
      const path = join(folder, kind.name, run, 'results.json');
      if (!existsSync(path)) continue;
      const { verdict } = JSON.parse(readFileSync(path, 'utf8')) as { verdict: string };
      runs.push(`  ${verdict.padEnd(8)} ${join(kind.name, run)}`);
    }
  }
  return runs.length === 0 ? ['  none'] : runs.sort();
}
