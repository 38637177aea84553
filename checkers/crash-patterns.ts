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

export function checkCrashes(logs: readonly NodeLog[], deaths: readonly Death[]): CheckResult {
  const found = new AnomalyCollector();
  for (const { node, how } of deaths) {
    found.add({
      name: 'node-crash',
      detail: `${node} died by itself: ${how}`,
      operations: [],
      nodes: [node],
    });
  }
  let lineCount = 0;
  for (const { node, lines } of logs) {
    for (const line of lines) {
      lineCount += 1;
      if (!patterns.some((pattern) => pattern.test(line))) continue;
      found.add({
        name: 'node-crash',
        detail: `${node}: ${line.trim().slice(0, 300)}`,
        operations: [],
        nodes: [node],
      });
    }
  }
  return found.result(
    'crashes',
    `no node died by itself, and ${lineCount} lines of ${logs.length} logs hold no sign of a crash`,
  );
}
