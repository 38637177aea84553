/** Trace lines into a file, text for people on standard output. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { Trace, TraceFields } from '../trace.ts';
import { systemMonotonicMs } from './system-monotonic.ts';

export interface OsTraceOptions {
  readonly nodeId: string;
  /** The node's own, wrong where it is wrong. */
  readonly clock: Clock;
  /** One start of the node; all its lines carry it. */
  readonly life: string;
  /** Appended to; no trace is kept without it. */
  readonly traceFile?: string;
  /** Where text for people goes; standard output unless told. */
  readonly print?: (line: string) => void;
}

/** Lines are written at once, not buffered: what a killed process said before it died is what one wants to read. */
export class OsTrace implements Trace {
  readonly #options: OsTraceOptions;
  readonly #file: number | undefined;
  readonly #print: (line: string) => void;
  readonly #startMs: number;

  constructor(options: OsTraceOptions) {
    this.#options = options;
    this.#startMs = options.clock.monotonicMs();
    this.#file = options.traceFile === undefined ? undefined : openSync(options.traceFile, 'a');
    this.#print = options.print ?? ((line) => process.stdout.write(`${line}\n`));
  }

  emit(event: string, fields: TraceFields = {}): void {
    if (this.#file === undefined) return;
    const { clock } = this.#options;
    const line = {
      t: toMicroseconds(clock.monotonicMs() - this.#startMs),
      mono: toMicroseconds(systemMonotonicMs()),
      wall: clock.wallMs(),
      node: this.#options.nodeId,
      life: this.#options.life,
      event,
      ...fields,
    };
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  log(level: 'info' | 'warn' | 'error', line: string): void {
    this.#print(
      `${new Date(this.#options.clock.wallMs()).toISOString()} ${level.toUpperCase().padEnd(5)} ${line}`,
    );
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
