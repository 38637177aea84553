/** The table that stays on the screen: failures first, each with one sentence of evidence. */
import { relative } from 'node:path';
import { type CheckResult, type Verdict, worstVerdict } from '../../checkers/anomaly.ts';
import type { FaultWindow } from '../../checkers/history/fault-window.ts';
import { leastWork, type Stats } from '../../checkers/stats.ts';
import type { RunFiles } from '../record/results-folder.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { expectedOf } from '../record/seeded-bug-catalogue.ts';
import type { Judgement } from '../runner/judge.ts';
import type { Style, Terminal } from './terminal.ts';

const rank: Readonly<Record<Verdict, number>> = { invalid: 0, unknown: 1, valid: 2 };
const styles: Readonly<Record<Verdict, Style>> = { invalid: 'red', unknown: 'yellow', valid: 'green' };

export function printSummary(terminal: Terminal, files: RunFiles, judgement: Judgement): void {
  const { record, results, verdict } = judgement;
  const sorted = printTable(terminal, results);
  const story = sorted
    .flatMap(({ anomalies }) => anomalies)
    .find((anomaly) => anomaly.story !== undefined)?.story;
  if (story !== undefined) terminal.line(`how          ${story}`);
  const stats = statsOf(results);
  terminal.line(`faults felt  ${faultsFelt(stats?.windows ?? [])}`);
  const phases = Object.entries(record.phases).map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`);
  terminal.line(`time         ${[...phases, `judging ${judgement.took.toFixed(1)} s`].join(' · ')}`);
  if (record.plan.bug !== undefined) terminal.line(`bug          ${bugSentence(record.plan.bug, results)}`);
  if (record.interrupted !== undefined)
    terminal.line(`interrupted  ${record.interrupted}: what was seen is judged, but it cannot be valid`);
  const advice = adviceFor(record.plan, stats);
  if (verdict === 'unknown' && advice !== undefined) terminal.line(`advice       ${advice}`);
  terminal.line(`report       ${relative(process.cwd(), files.report)}${anchor(sorted)}`);
  if (verdict !== 'valid') terminal.line(`replay       ${record.replay}`);
  terminal.line(
    `verdict      ${terminal.style(styles[verdict], verdict === 'invalid' ? 'INVALID' : verdict)}`,
  );
}

/** Of some checkers alone: the table, each anomaly that was kept, and the verdict. */
export function printResults(terminal: Terminal, results: readonly CheckResult[]): void {
  for (const { anomalies } of printTable(terminal, results))
    for (const { name, detail, story } of anomalies) {
      terminal.line(`${name}: ${detail}`);
      if (story !== undefined) terminal.line(`  ${story}`);
    }
  const verdict = worstVerdict(results.map((result) => result.verdict));
  terminal.line(
    `verdict      ${terminal.style(styles[verdict], verdict === 'invalid' ? 'INVALID' : verdict)}`,
  );
}

/** Returns them as they were printed, worst first. */
function printTable(terminal: Terminal, results: readonly CheckResult[]): readonly CheckResult[] {
  const sorted = [...results].sort((a, b) => rank[a.verdict] - rank[b.verdict]);
  const width = Math.max(...sorted.map(({ checker }) => checker.length));
  terminal.line('');
  for (const result of sorted) {
    const word = result.verdict === 'invalid' ? 'INVALID' : result.verdict;
    const shown = terminal.style(styles[result.verdict], word.padEnd(8));
    terminal.line(`${result.checker.padEnd(width)}  ${shown} ${firstLine(result.evidence)}`);
  }
  terminal.line('');
  return sorted;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

type StatsFacts = Stats & { readonly windows: readonly FaultWindow[] };

function statsOf(results: readonly CheckResult[]): StatsFacts | undefined {
  return results.find(({ checker }) => checker === 'stats')?.facts as StatsFacts | undefined;
}

/** 'kill 8 of 9 · partition 6'. */
function faultsFelt(windows: readonly FaultWindow[]): string {
  const nemeses = [...new Set(windows.map(({ nemesis }) => nemesis))];
  const felt = nemeses.map((name) => {
    const own = windows.filter(({ nemesis }) => nemesis === name);
    const bit = own.filter(({ active }) => active !== undefined).length;
    return bit === own.length ? `${name} ${bit}` : `${name} ${bit} of ${own.length}`;
  });
  return felt.join(' · ') || 'none';
}

/** What would make a verdict of a run in which too little was tried. */
function adviceFor(plan: RunPlan, stats: StatsFacts | undefined): string | undefined {
  if (stats === undefined) return undefined;
  const few =
    stats.acknowledged < leastWork.acknowledged ||
    stats.nonEmptyPulls < leastWork.nonEmptyPulls ||
    plan.nemeses.some((nemesis) => (stats.duringFaults[nemesis] ?? 0) < leastWork.duringFaults);
  if (few) return `raise --time-limit (now ${plan.timeLimitS} s) or --rate (now ${plan.rate}/s)`;
  if (stats.windows.some(({ failure }) => failure !== undefined))
    return 'faults.jsonl beside the report says what the probes of each fault saw';
  return undefined;
}

function bugSentence(bug: Parameters<typeof expectedOf>[0], results: readonly CheckResult[]): string {
  const expected = expectedOf(bug);
  const found = new Set(results.flatMap(({ anomalyCounts }) => Object.keys(anomalyCounts)));
  const hit = expected.filter((name) => found.has(name));
  const wanted = expected.join(' or ');
  return hit.length > 0
    ? `${bug}: found as ${hit.join(', ')} (expected ${wanted})`
    : `${bug}: not found (expected ${wanted})`;
}

function anchor(sorted: readonly CheckResult[]): string {
  const [worst] = sorted;
  return worst === undefined || worst.verdict === 'valid' ? '' : `#checker=${worst.checker}`;
}
