/** A file's text as operations, whatever of the known notations it is in. */
import type { Operation } from '../operation.ts';
import { operationsOfEvents } from '../smallest-core.ts';
import { readJepsenEdn } from './jepsen-edn.ts';
import { eventsOfJepsen } from './jepsen-history.ts';
import { readJepsenLog } from './jepsen-log.ts';
import { readJsonl } from './jsonl.ts';

/** The notations that are known. */
export const notations = ['jsonl', 'edn', 'jepsen-log'] as const;
/** One of them. */
export type Notation = (typeof notations)[number];

/** How a text is read. */
export interface ReadOptions {
  /** The ready model whose operations Jepsen's entries are taken for. */
  readonly model: string;
  /** Guessed from the first line when absent. */
  readonly notation?: Notation;
  readonly failed?: 'did-not-happen' | 'answered';
}

/**
 * The operations of a text. Throws `InvalidHistoryError` that names the line where it is not what its notation demands, `EdnError` where EDN ends in the
 * midst of a value, and an error that lists the models where `model` is none of those that Jepsen's histories are read for.
 */
export function readHistory(text: string, { model, notation, failed }: ReadOptions): readonly Operation[] {
  const kind = notation ?? guessed(text);
  if (kind === 'jsonl') {
    const history = readJsonl(text);
    return history.kind === 'operations' ? history.operations : operationsOfEvents(history.events);
  }
  const entries = kind === 'edn' ? readJepsenEdn(text) : readJepsenLog(text);
  return operationsOfEvents(eventsOfJepsen(entries, { model, ...(failed === undefined ? {} : { failed }) }));
}

function guessed(text: string): Notation {
  const start = text.trimStart();
  if (/^\{\s*"/.test(start)) return 'jsonl';
  return /^[[{#;(]/.test(start) ? 'edn' : 'jepsen-log';
}
