/** Nodes that died on their own, and lines in their logs that no healthy server writes. */
import type { CheckResult } from './anomaly.ts';
import { AnomalyCollector } from './anomaly-collector.ts';

export interface NodeLog {
  readonly node: string;
  readonly lines: Iterable<string>;
}

export interface Death {
  readonly node: string;
  /** 'exit code 70', 'signal SIGSEGV'. */
  readonly how: string;
}

const patterns: readonly RegExp[] = [
  /invariant broken/,
  /\bUncaught\b|unhandled (?:promise )?rejection/i,
  /^\s*(?:AssertionError|TypeError|RangeError|ReferenceError|SyntaxError)\b/,
  /FATAL ERROR|out of memory/i,
];

/** `nodes`: those that should have a log. Unknown where one has none, since its silence says nothing. */
export function checkCrashes(
  logs: readonly NodeLog[],
  deaths: readonly Death[],
  nodes: readonly string[],
): CheckResult {
  const found = new AnomalyCollector();
  for (const { node, how } of deaths) crash(found, node, `${node} died by itself: ${how}`);
  let lineCount = 0;
  for (const { node, lines } of logs) {
    let lineNumber = 0;
    for (const line of lines) {
      lineNumber += 1;
      if (patterns.some((pattern) => pattern.test(line)))
        crash(found, node, `line ${lineNumber} of ${node}'s log: ${line.trim().slice(0, 300)}`);
    }
    lineCount += lineNumber;
  }
  const silent = nodes.filter((node) => !logs.some((log) => log.node === node));
  return found.result(
    'crashes',
    `no node died by itself, and ${lineCount} lines of ${logs.length} logs hold no sign of a crash`,
    undefined,
    silent.length === 0 ? undefined : `no log of ${silent.join(', ')}`,
  );
}

function crash(found: AnomalyCollector, node: string, detail: string): void {
  found.add({ name: 'node-crash', detail, operations: [], nodes: [node] });
}
