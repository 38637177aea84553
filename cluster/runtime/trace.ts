/** The node's only voice: structured events, one line each in trace.jsonl, and text for people in the node's log. */

export type TraceValue =
  | string
  | number
  | boolean
  | null
  | readonly TraceValue[]
  | { readonly [key: string]: TraceValue };
export type TraceFields = Readonly<Record<string, TraceValue>>;

export interface Trace {
  /** `event` is a fixed kebab-case name (ARCHITECTURE.md lists them); not for things that happen per message. */
  emit(event: string, fields?: TraceFields): void;
  /** A line for people. `warn` and `error` stand out. */
  log(level: 'info' | 'warn' | 'error', line: string): void;
}
