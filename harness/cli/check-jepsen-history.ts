/** npm run jepsen -- check FILE.edn. */
import { worstVerdict } from '../../checkers/anomaly.ts';
import { jepsenPairs } from '../jepsen-history/jepsen-operations.ts';
import { jepsenJudges } from '../jepsen-history/judge-jepsen-history.ts';
import { refuseUnknown } from './refuse-unknown.ts';
import { printResults } from './summary.ts';
import type { Terminal } from './terminal.ts';
import { verdictCodes } from './verdict-codes.ts';

export function checkJepsenHistory(
  terminal: Terminal,
  path: string,
  wanted: readonly string[] | undefined,
  asJson: boolean,
): number {
  const { shape, operations, checks, onRequest } = jepsenJudges(path, jepsenPairs(path));
  const known = { ...checks, ...onRequest };
  if (wanted !== undefined) refuseUnknown(wanted, Object.keys(known));
  const results = (wanted ?? Object.keys(checks)).flatMap((name) => known[name]?.() ?? []);
  terminal.line(`a ${shape} history of ${operations} operations`);
  if (asJson) terminal.output(`${JSON.stringify({ shape, operations, checkers: results }, null, 2)}\n`);
  printResults(terminal, results);
  return verdictCodes[worstVerdict(results.map(({ verdict }) => verdict))];
}
