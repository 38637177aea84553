/** The harness's side of an agent: asks, and hands what comes to those who wait for it. */
import type { Readable, Writable } from 'node:stream';
import { NetworkError } from '../../cluster/runtime/network.ts';
import { systemMonotonicMs } from '../../cluster/runtime/os/system-monotonic.ts';
import type { AgentMessage, AgentRequest } from './agent-protocol.ts';
import { JsonChannel } from './json-channel.ts';

/** An `AgentRequest` that is answered, without its id. */
export type Question = WithoutId<Extract<AgentRequest, { readonly id: number }>>;
export type Statement = Exclude<AgentRequest, { readonly id: number }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Hears of streams: those it dialled and those its listeners accepted. */
export type StreamListener = (
  message: Extract<AgentMessage, { readonly tell: 'accepted' | 'bytes' | 'closed' }>,
) => void;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class AgentGoneError extends Error {
  override readonly name = 'AgentGoneError';
}

export class RemoteAgent {
  readonly host: string;
  /** How far the kernel's monotonic clock there is ahead of the one here, as far as can be told; 0 until it is ready. */
  monotonicAheadMs = 0;
  readonly whenReady: Promise<void>;
  readonly #channel: JsonChannel;
  readonly #waiting = new Map<number, Waiting>();
  readonly #endListeners = new Set<(error: AgentGoneError) => void>();
  #streamListener: StreamListener = () => undefined;
  #lastId = 0;
  #namesCount = 0;
  #gone: AgentGoneError | undefined;

  /** `input`: what the agent says. `output`: what it hears. */
  constructor(host: string, input: Readable, output: Writable) {
    this.host = host;
    let ready: () => void = () => undefined;
    let notReady: (error: Error) => void = () => undefined;
    this.whenReady = new Promise((resolve, reject) => {
      ready = resolve;
      notReady = reject;
    });
    // Who does not wait for it hears of the end otherwise.
    this.whenReady.catch(() => undefined);
    this.#channel = new JsonChannel(input, output, {
      take: (message) => this.#take(message as AgentMessage, ready),
      end: (why) => {
        this.#gone = new AgentGoneError(`the agent of ${host} ${why}`);
        notReady(this.#gone);
        for (const { reject } of this.#waiting.values()) reject(this.#gone);
        this.#waiting.clear();
        for (const listener of this.#endListeners) listener(this.#gone);
      },
    });
  }

  /** Rejects with NetworkError as the network there did, with AgentGoneError, or with what went wrong there. */
  ask(question: Question): Promise<unknown> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#channel.say({ ...question, id });
    });
  }

  state(statement: Statement): void {
    this.#channel.say(statement);
  }

  /** For what lives at the agent: no two have the same. */
  newName(kind: string): string {
    this.#namesCount += 1;
    return `${kind}-${this.#namesCount}`;
  }

  onStreams(listener: StreamListener): void {
    this.#streamListener = listener;
  }

  onEnd(listener: (error: AgentGoneError) => void): void {
    if (this.#gone === undefined) this.#endListeners.add(listener);
    else listener(this.#gone);
  }

  #take(message: AgentMessage, ready: () => void): void {
    switch (message.tell) {
      case 'ready':
        this.monotonicAheadMs = message.monotonicMs - systemMonotonicMs();
        ready();
        return;
      case 'answer':
        this.#answered(message.id)?.resolve(message.value);
        return;
      case 'error': {
        const { code, message: text } = message.error;
        const error = code === '' ? new Error(`${this.host}: ${text}`) : new NetworkError(code, text);
        this.#answered(message.id)?.reject(error);
        return;
      }
      case 'accepted':
      case 'bytes':
      case 'closed':
        this.#streamListener(message);
        return;
      default:
        message satisfies never;
    }
  }

  #answered(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
