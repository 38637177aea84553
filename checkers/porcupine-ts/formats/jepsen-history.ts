/** Jepsen's entries as calls and returns of a ready model. */
import { InvalidHistoryError } from '../history/invalid-history-error.ts';
import type { HistoryEvent } from '../operation.ts';
import { type Dialect, dialects } from './dialects.ts';
import type { JepsenEntry } from './jepsen-entry.ts';

/** What the entries mean. */
export interface JepsenOptions {
  readonly model: string;
  /**
   * What `:fail` says: that it did not happen (Jepsen's meaning, default), or, as in the etcd logs that Porcupine is tested with, that a
   * compare-and-set found another value, and that a read was answered, who knows with what.
   */
  readonly failed?: 'did-not-happen' | 'answered';
}

/** `:fail` did not happen and is left out; `:info`, or nothing at all, leaves the operation without an answer. Throws where no ready model of that name reads Jepsen's histories, and `InvalidHistoryError` for an entry that it does not know. */
export function eventsOfJepsen(entries: readonly JepsenEntry[], options: JepsenOptions): HistoryEvent[] {
  const dialect = dialects.get(options.model);
  if (dialect === undefined)
    throw new Error(
      `no model named "${options.model}" for Jepsen's histories; known: ${[...dialects.keys()].join(', ')}`,
    );
  const { ends, starts } = endsOf(entries);
  const events: HistoryEvent[] = [];
  for (const [at, entry] of entries.entries()) {
    if (entry.type === 'invoke') {
      const end = ends.get(at);
      if (isLeftOut(end, options)) continue;
      events.push({ kind: 'call', id: at, clientId: entry.process, value: inputOf(dialect, entry, end) });
    } else {
      const start = starts.get(at);
      if (start === undefined || entry.type === 'info' || isLeftOut(entry, options)) continue;
      events.push({
        kind: 'return',
        id: start,
        clientId: entry.process,
        value: entry.type === 'fail' ? (entry.f === 'cas' ? false : undefined) : dialect.output(entry),
      });
    }
  }
  return events;
}

function inputOf(dialect: Dialect, entry: JepsenEntry, end: JepsenEntry | undefined): unknown {
  const input = dialect.input(entry, end);
  if (input === undefined)
    throw new InvalidHistoryError(
      entry.line - 1,
      `line ${entry.line}: this model has no operation ":${entry.f}"`,
    );
  return input;
}

function isLeftOut(end: JepsenEntry | undefined, { failed }: JepsenOptions): boolean {
  return end?.type === 'fail' && !(failed === 'answered' && (end.f === 'cas' || end.f === 'read'));
}

/** For the place of each invocation its end, and for the place of each end that of its invocation. */
function endsOf(entries: readonly JepsenEntry[]): {
  ends: Map<number, JepsenEntry>;
  starts: Map<number, number>;
} {
  const open = new Map<number | string, number>();
  const ends = new Map<number, JepsenEntry>();
  const starts = new Map<number, number>();
  for (const [at, entry] of entries.entries()) {
    if (entry.type === 'invoke') {
      if (open.has(entry.process))
        throw new InvalidHistoryError(
          entry.line - 1,
          `line ${entry.line}: process ${entry.process} invokes :${entry.f} while its last operation is open`,
        );
      open.set(entry.process, at);
      continue;
    }
    const start = open.get(entry.process);
    if (start === undefined)
      throw new InvalidHistoryError(
        entry.line - 1,
        `line ${entry.line}: process ${entry.process} ends :${entry.f}, which it never invoked`,
      );
    ends.set(start, entry);
    starts.set(at, start);
    open.delete(entry.process);
  }
  return { ends, starts };
}
