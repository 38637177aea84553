/** npm run jepsen -- check: judges a saved run again, whole or by some checkers alone, or a history that Jepsen wrote. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { runFiles } from '../record/results-folder.ts';
import { readRunRecord } from '../record/run-record.ts';
import { checkerNames, judge } from '../runner/judge.ts';
import { resultsJson, writeReport } from '../runner/write-report.ts';
import { UsageError } from '../usage-error.ts';
import { checkJepsenHistory } from './check-jepsen-history.ts';
import type { ParsedArguments } from './parse-options.ts';
import { refuseUnknown } from './refuse-unknown.ts';
import { printResults, printSummary } from './summary.ts';
import type { Terminal } from './terminal.ts';
import { verdictCodes } from './verdict-codes.ts';

export function check(terminal: Terminal, parsed: ParsedArguments, words: readonly string[]): number {
  const [run, ...more] = words;
  if (run === undefined || more.length > 0)
    throw new UsageError('check: wanted the folder of one run, such as results/latest, or one history.edn');
  const path = resolve(run);
  if (!existsSync(path)) throw new UsageError(`check: there is no ${run}; see npm run jepsen -- list`);
  const wanted = parsed.values.get('checker')?.split(',');
  if (run.endsWith('.edn')) return checkJepsenHistory(terminal, path, wanted, parsed.values.has('json'));
  const files = runFiles(path);
  if (wanted !== undefined) refuseUnknown(wanted, checkerNames(readRunRecord(files)));
  const judgement = judge(files, () => osClock.monotonicMs(), wanted);
  // A report of some checkers alone would hide what the others found.
  if (wanted === undefined) writeReport(files, judgement);
  if (parsed.values.has('json')) terminal.output(resultsJson(judgement));
  if (wanted === undefined) printSummary(terminal, files, judgement);
  else printResults(terminal, judgement.results);
  return verdictCodes[judgement.verdict];
}
