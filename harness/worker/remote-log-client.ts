/** A client that runs at a client host; its operations are asked for and its outcomes told through the host's agent. */
import type { ClientHabit } from '../../nemeses/nemesis.ts';
import type { LogClient, Outcome, PulledMessages, StoredAt } from '../workload/log-client.ts';
import type { Question, RemoteAgent } from './remote-agent.ts';

export interface RemoteLogClientOptions {
  readonly topic: string;
  readonly nameservers: readonly string[];
  readonly habit: ClientHabit;
}

export class RemoteLogClient implements LogClient {
  readonly #agent: RemoteAgent;
  readonly #name: string;
  readonly #opened: Promise<unknown>;

  constructor(agent: RemoteAgent, options: RemoteLogClientOptions) {
    this.#agent = agent;
    this.#name = agent.newName('client');
    this.#opened = agent.ask({ do: 'open-client', client: this.#name, ...options });
    // The first operation says so.
    this.#opened.catch(() => undefined);
  }

  /** A send whose agent went away may have been done. */
  send(queueId: number, message: string): Promise<Outcome<StoredAt>> {
    return this.#outcome({ do: 'send', client: this.#name, queueId, message }, 'info');
  }

  pull(queueId: number, from: number, countMax: number): Promise<Outcome<PulledMessages>> {
    return this.#outcome({ do: 'pull', client: this.#name, queueId, from, countMax }, 'fail');
  }

  maxOffset(queueId: number): Promise<Outcome<{ readonly offset: number }>> {
    return this.#outcome({ do: 'max-offset', client: this.#name, queueId }, 'fail');
  }

  async close(): Promise<void> {
    // With the agent its clients are gone.
    await this.#agent.ask({ do: 'close-client', client: this.#name }).catch(() => undefined);
  }

  async #outcome<T>(question: Question, withoutAnswer: 'fail' | 'info'): Promise<Outcome<T>> {
    try {
      await this.#opened;
      return (await this.#agent.ask(question)) as Outcome<T>;
    } catch (error) {
      return { kind: withoutAnswer, error: error instanceof Error ? error.message : String(error) };
    }
  }
}
