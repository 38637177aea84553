/** Puts the nodes' trace lines onto the clock of the run, in order of time. */
import { writeFileSync } from 'node:fs';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import { jsonLines } from '../record/json-lines.ts';

interface TraceLine {
  /** Of the kernel's monotonic clock. */
  readonly mono: number;
  readonly node: string;
  readonly event: string;
}

/**
 * A line that is not JSON (a disk that was full, a life that ended within it) is left out and told of by an event `torn-line`: what a
 * node under test writes must not stop the judges. Times are the kernel's monotonic ones, which all nodes share and no fault moves; `startMs`: what
 * that clock said at the start of the run. The simulated world needs none of this: its trace has the exact virtual time of each line.
 */
export function mergeTraces(traceFiles: readonly string[], startMs: number, output: string): void {
  const events: TraceEvent[] = [];
  for (const file of traceFiles) {
    let time = 0;
    let node = '';
    const torn = ({ message }: Error) => events.push({ time, node, event: 'torn-line', message });
    for (const line of jsonLines<TraceLine>(file, torn)) {
      node = line.node;
      time = Math.round((line.mono - startMs) * 1e6);
      events.push({ ...line, time });
    }
  }
  events.sort((a, b) => a.time - b.time);
  writeFileSync(output, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}
