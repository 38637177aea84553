/**
 * This package's own format, one JSON object a line. An operation: `{"client": 0, "input": ..., "output": ..., "call": 10, "return": 20}`, `return` null
 * where no answer came, times as numbers or as strings of digits. Or an event: `{"call": ID, "client": 0, "input": ...}`, `{"return": ID, "output": ...}`;
 * a file holds one kind or the other.
 */
import { InvalidHistoryError } from '../history/invalid-history-error.ts';
import type { HistoryEvent, Operation, Time } from '../operation.ts';

/** What the file holds: one kind or the other. */
export type JsonlHistory =
  | { readonly kind: 'operations'; readonly operations: readonly Operation[] }
  | { readonly kind: 'events'; readonly events: readonly HistoryEvent[] };

interface Line {
  readonly id?: number | string;
  readonly client?: number | string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly call?: unknown;
  readonly return?: unknown;
  readonly metadata?: unknown;
}

/** Reads the whole text; empty lines are left out. Throws `InvalidHistoryError` that names the line. */
export function readJsonl(text: string): JsonlHistory {
  const operations: Operation[] = [];
  const events: HistoryEvent[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const row = parsed(line, index);
    if (row.call !== undefined && row.return !== undefined) operations.push(operationOf(row));
    else if (row.call !== undefined || row.return !== undefined) events.push(eventOf(row));
    else
      throw new InvalidHistoryError(
        index,
        `line ${index + 1}: wanted "call" and "return" (an operation), or one of them (an event), got neither`,
      );
    if (operations.length > 0 && events.length > 0)
      throw new InvalidHistoryError(
        index,
        `line ${index + 1}: operations and events in one file; an operation without an answer has "return": null`,
      );
  }
  return events.length > 0 ? { kind: 'events', events } : { kind: 'operations', operations };
}

function parsed(line: string, index: number): Line {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw notJson(index, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidHistoryError(index, `line ${index + 1}: wanted an object, got ${line.slice(0, 40)}`);
  return value;
}

function operationOf({ id, client, input, output, call, return: back, metadata }: Line): Operation {
  return {
    ...(id === undefined ? {} : { id }),
    ...(client === undefined ? {} : { clientId: client }),
    input,
    output,
    // The check refuses what is no time, and names the operation.
    call: call as Time,
    return: back as Time | null,
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function eventOf({ client, input, output, call, return: back, metadata }: Line): HistoryEvent {
  const rest = {
    ...(client === undefined ? {} : { clientId: client }),
    ...(metadata === undefined ? {} : { metadata }),
  };
  return call === undefined
    ? { kind: 'return', id: back as number | string, value: output, ...rest }
    : { kind: 'call', id: call as number | string, value: input, ...rest };
}

function notJson(index: number, cause: unknown): InvalidHistoryError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new InvalidHistoryError(index, `line ${index + 1}: ${message}`, { cause });
}
