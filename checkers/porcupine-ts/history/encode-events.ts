/** Calls and returns in the order of the list. */
import type { HistoryEvent, Time } from '../operation.ts';
import type { EncodedHistory } from './encoded-history.ts';
import { InvalidHistoryError } from './invalid-history-error.ts';

interface OpenOperation {
  readonly input: unknown;
  output: unknown;
  return: Time | null;
}

export function encodeEvents(history: readonly HistoryEvent[]): EncodedHistory {
  const numbers = new OperationNumbers(history.length);
  const operations: OpenOperation[] = [];
  const events = new Int32Array(history.length);
  for (let at = 0; at < history.length; at += 1) {
    const event = history[at] as HistoryEvent;
    const { id } = event;
    if (typeof id !== 'string' && (typeof id !== 'number' || Number.isNaN(id)))
      throw new InvalidHistoryError(
        at,
        `event ${at}: wanted an id (a number or a string), got ${String(id)}`,
      );
    const known = numbers.get(id);
    if (event.kind === 'call') {
      if (known !== undefined)
        throw new InvalidHistoryError(
          at,
          `event ${at}: operation ${id} is called a second time; give every operation an id of its own`,
        );
      events[at] = operations.length;
      numbers.set(id, operations.length);
      operations.push({ input: event.value, output: undefined, return: null });
    } else if (event.kind === 'return') {
      if (known === undefined)
        throw new InvalidHistoryError(
          at,
          `event ${at}: operation ${id} returns, but nothing before it calls it`,
        );
      const operation = operations[known] as OpenOperation;
      if (operation.return !== null)
        throw new InvalidHistoryError(at, `event ${at}: operation ${id} returns a second time`);
      operation.output = event.value;
      operation.return = at;
      events[at] = ~known;
    } else {
      throw new InvalidHistoryError(
        at,
        `event ${at}: wanted kind "call" or "return", got ${JSON.stringify((event as { kind: unknown }).kind)}`,
      );
    }
  }
  return { operations, positions: undefined, events };
}

/** Which operation an id names. Most ids are small integers: those are looked up in an array. */
class OperationNumbers {
  readonly #small: Int32Array;
  readonly #others = new Map<number | string, number>();

  constructor(events: number) {
    this.#small = new Int32Array(events * 4);
  }

  get(id: number | string): number | undefined {
    if (typeof id === 'number' && id >= 0 && id < this.#small.length && Number.isInteger(id)) {
      const number = this.#small[id] as number;
      return number === 0 ? undefined : number - 1;
    }
    return this.#others.get(id);
  }

  set(id: number | string, number: number): void {
    if (typeof id === 'number' && id >= 0 && id < this.#small.length && Number.isInteger(id))
      this.#small[id] = number + 1;
    else this.#others.set(id, number);
  }
}
