/** Which clients get somewhere: each is watched, from a moment on, until one of its sends was acknowledged and one of its pulls answered. */
import type { WaitingClient } from '../record/not-recovered.ts';
import type { LogClient, Outcome } from './log-client.ts';

const kinds = ['send', 'pull'] as const;
type Kind = (typeof kinds)[number];

interface Watched {
  readonly client: string;
  readonly tried: Set<Kind>;
  readonly done: Set<Kind>;
  /** Operations without an answer, of whatever age. */
  open: number;
  node: string | undefined;
  last: string | undefined;
}

export class ClientsProgress {
  readonly #watched: Watched[] = [];
  /** What was asked before the last `begin` proves nothing. */
  #beginning = 0;

  /** The same client, watched. */
  watch(client: string, inner: LogClient): LogClient {
    const watched: Watched = {
      client,
      tried: new Set(),
      done: new Set(),
      open: 0,
      node: undefined,
      last: undefined,
    };
    this.#watched.push(watched);
    return {
      send: (queueId, message) => this.#note(watched, 'send', inner.send(queueId, message)),
      pull: (queueId, from, countMax) => this.#note(watched, 'pull', inner.pull(queueId, from, countMax)),
      maxOffset: (queueId) => inner.maxOffset(queueId),
      close: () => inner.close(),
    };
  }

  /** From now on. */
  begin(): void {
    this.#beginning += 1;
    for (const { tried, done } of this.#watched) {
      tried.clear();
      done.clear();
    }
  }

  /** All that have not had both, tried or not. */
  waiting(): readonly WaitingClient[] {
    return this.#lacking(({ done }, kind) => !done.has(kind));
  }

  /** Those that tried in vain, or wait for an answer without end; not those whose turn never came. */
  stuck(): readonly WaitingClient[] {
    return this.#lacking(({ tried, done, open }, kind) =>
      tried.size === 0 ? open > 0 : tried.has(kind) && !done.has(kind),
    );
  }

  #lacking(lacks: (watched: Watched, kind: Kind) => boolean): WaitingClient[] {
    return this.#watched.flatMap((watched) => {
      const lacking = kinds.filter((kind) => lacks(watched, kind));
      if (lacking.length === 0) return [];
      const { client, node, last } = watched;
      return [
        {
          client,
          lacks: lacking,
          ...(node === undefined ? {} : { node }),
          ...(last === undefined ? {} : { last }),
        },
      ];
    });
  }

  async #note<T>(watched: Watched, kind: Kind, asked: Promise<Outcome<T>>): Promise<Outcome<T>> {
    const beginning = this.#beginning;
    watched.tried.add(kind);
    watched.open += 1;
    const outcome = await asked;
    watched.open -= 1;
    watched.node = outcome.node;
    watched.last = outcome.kind === 'ok' ? `${kind} ok` : `${kind} ${outcome.kind}: ${outcome.error}`;
    if (outcome.kind === 'ok' && beginning === this.#beginning) watched.done.add(kind);
    return outcome;
  }
}

/** "w2 (no send acknowledged; the last answer, of n3: send fail: ...)". */
export function waitingText({ client, lacks, node, last }: WaitingClient): string {
  const wanted = lacks.map((kind) => (kind === 'send' ? 'no send acknowledged' : 'no pull answered'));
  const of = node === undefined ? '' : `, of ${node}`;
  return `${client} (${wanted.join(', ')}; ${last === undefined ? 'it was never answered' : `the last answer${of}: ${last}`})`;
}
