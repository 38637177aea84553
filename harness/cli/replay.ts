/** jepsen replay RUN: a simulated run once more, event by event; its trace; a test made of it. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { WorldEvent } from '../deployment/sim/world-watch.ts';
import { runFiles } from '../record/results-folder.ts';
import { type RunRecord, readRunRecord } from '../record/run-record.ts';
import { programVersions } from '../runner/program-versions.ts';
import { serverNames } from '../server-names.ts';
import { commitScenario } from '../simulation/committed-scenario.ts';
import { anomaliesOf, failureOf } from '../simulation/failure.ts';
import { runScenario, type SimulatedRun } from '../simulation/run-in-simulation.ts';
import { loadScenario, type Scenario } from '../simulation/scenario.ts';
import { TraceColumns } from '../simulation/trace-columns.ts';
import { traceEntries } from '../simulation/trace-entry.ts';
import { UsageError } from '../usage-error.ts';
import type { ParsedArguments } from './parse-options.ts';
import type { Terminal } from './terminal.ts';
import { verdictCodes } from './verdict-codes.ts';

export async function replay(
  terminal: Terminal,
  parsed: ParsedArguments,
  words: readonly string[],
): Promise<number> {
  const { scenario, record } = savedScenario('replay', words);
  const level = parsed.values.get('trace');
  const watched: WorldEvent[] = [];
  // Roles need the lives of the nodes; the rest of the world only where all is asked for.
  const watch = (event: WorldEvent) => {
    if (level === 'all' || event.kind === 'life') watched.push(event);
  };
  const run = await runScenario(scenario, level === undefined ? {} : { watch });
  if (level !== undefined) printTrace(terminal, run, watched);
  const { verdict, results } = run.judgement;
  const found = anomaliesOf(results);
  terminal.line(digestSentence(run.digest, record));
  terminal.line(`verdict      ${verdict}${found.length === 0 ? '' : `: ${found.join(', ')}`}`);
  const name = parsed.values.get('as-test');
  if (name !== undefined) {
    const failure = failureOf(scenario.plan, results);
    const shows = scenario.plan.bug === undefined ? undefined : failure;
    const story = `${scenario.plan.bug ?? 'the servers'}, seed ${scenario.plan.seed}: ${failure ?? 'valid'}`;
    const path = commitScenario({ name, story, scenario, shows });
    terminal.line(`scenario     ${path}: write its story, run npm test, commit it`);
  }
  return verdictCodes[verdict];
}

/** Of the folder that was named, and what is known of the run that it was. */
export function savedScenario(
  verb: string,
  words: readonly string[],
): { readonly scenario: Scenario; readonly record: RunRecord } {
  const [run, ...more] = words;
  if (run === undefined || more.length > 0)
    throw new UsageError(`${verb}: wanted the folder of one run, such as results/latest`);
  const files = runFiles(resolve(run));
  if (!existsSync(files.folder))
    throw new UsageError(`${verb}: there is no ${run}; see npm run jepsen -- list`);
  const record = readRunRecord(files);
  if (!existsSync(files.scenario)) {
    throw new UsageError(
      `${verb}: ${run} has no scenario.json: only runs of the simulated world repeat exactly; to make a like one, ${record.replay}`,
    );
  }
  return { scenario: loadScenario(files.scenario), record };
}

function digestSentence(digest: string, { digest: saved, versions }: RunRecord): string {
  if (digest === saved) return `digest       ${digest}, the same: every event of the run happened again`;
  const now = programVersions();
  const made = `revision ${versions['revision']} on Node ${versions['node']}`;
  const is = `revision ${now['revision']} on Node ${now['node']}`;
  return `digest       ${digest}, but the saved run had ${saved ?? 'none'}: it was made by ${made}, this is ${is}`;
}

function printTrace(terminal: Terminal, run: SimulatedRun, watched: readonly WorldEvent[]): void {
  const { nodes, controllers } = run.scenario.plan;
  const columns = new TraceColumns([...serverNames('n', nodes), ...serverNames('c', controllers)]);
  terminal.output(`${columns.header()}\n`);
  for (const entry of traceEntries(run, watched)) terminal.output(`${columns.line(entry)}\n`);
}
