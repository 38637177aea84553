/** All that the nodes said, in order. */
import type { TraceFields } from '../../../cluster/runtime/trace.ts';
import type { Scheduler } from './scheduler.ts';

export interface SimTraceEvent {
  /** Virtual milliseconds. */
  readonly time: number;
  readonly node: string;
  readonly event: string;
  readonly fields: TraceFields;
}

export interface SimLogLine {
  readonly time: number;
  readonly node: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly line: string;
}

export class SimTrace {
  readonly events: SimTraceEvent[] = [];
  readonly lines: SimLogLine[] = [];
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  emit(node: string, event: string, fields: TraceFields): void {
    this.events.push({ time: this.#scheduler.nowUs / 1000, node, event, fields });
    this.#scheduler.digest.text(`${node} ${event} ${JSON.stringify(fields)}`);
  }

  log(node: string, level: SimLogLine['level'], line: string): void {
    this.lines.push({ time: this.#scheduler.nowUs / 1000, node, level, line });
    this.#scheduler.digest.text(line);
  }
}
