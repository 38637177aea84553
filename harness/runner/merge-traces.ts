/** Puts the nodes' trace lines onto the clock of the run, in order of time. */
import { writeFileSync } from 'node:fs';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import { jsonLines } from '../record/json-lines.ts';

interface TraceLine {
  readonly wall: number;
  readonly node: string;
  readonly event: string;
}

/**
 * A line that is not JSON (a disk that was full, a life that ended within it) is left out and told of by an event `torn-line`: what a
 * node under test writes must not stop the judges. Exact to the millisecond of the wall clock, which all nodes of one machine share; a fault that
 * moves clocks must not use it. The simulated world needs none of this: its trace has the exact virtual time of each line, whatever the node's
 * own clock says.
 */
export function mergeTraces(traceFiles: readonly string[], startWallMs: number, output: string): void {
  const events: TraceEvent[] = [];
  for (const file of traceFiles) {
    let time = 0;
    let node = '';
    const torn = ({ message }: Error) => events.push({ time, node, event: 'torn-line', message });
    for (const line of jsonLines<TraceLine>(file, torn)) {
      node = line.node;
      time = Math.round((line.wall - startWallMs) * 1e6);
      events.push({ ...line, time });
    }
  }
  events.sort((a, b) => a.time - b.time);
  writeFileSync(output, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}
