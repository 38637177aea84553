/** Trace lines into a file, text for people on standard output. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Trace, TraceFields } from '../trace.ts';

export interface OsTraceOptions {
  readonly nodeId: string;
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
  readonly #startMs = performance.now();

  constructor(options: OsTraceOptions) {
    this.#options = options;
    this.#file = options.traceFile === undefined ? undefined : openSync(options.traceFile, 'a');
    this.#print = options.print ?? ((line) => process.stdout.write(`${line}\n`));
  }

  emit(event: string, fields: TraceFields = {}): void {
    if (this.#file === undefined) return;
    const t = Math.round((performance.now() - this.#startMs) * 1000) / 1000;
    const line = {
      t,
      wall: Date.now(),
      node: this.#options.nodeId,
      life: this.#options.life,
      event,
      ...fields,
    };
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  log(level: 'info' | 'warn' | 'error', line: string): void {
    this.#print(`${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ${line}`);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}
