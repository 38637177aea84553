/** Puts the nodes' trace lines onto the clock of the run, in order of time. */
import { writeFileSync } from 'node:fs';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import { jsonLines } from './json-lines.ts';

interface TraceLine {
  readonly wall: number;
  readonly node: string;
  readonly event: string;
}

/**
 * Exact to the millisecond of the wall clock, which all nodes of one machine share; a fault that moves clocks must not use it.
 */
export function mergeTraces(traceFiles: readonly string[], startWallMs: number, output: string): void {
  const events: TraceEvent[] = [];
  for (const file of traceFiles) {
    for (const line of jsonLines<TraceLine>(file))
      events.push({ ...line, time: Math.round((line.wall - startWallMs) * 1e6) });
  }
  events.sort((a, b) => a.time - b.time);
  writeFileSync(output, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}
