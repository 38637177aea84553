/**
 * The network of a host, used from the harness through the host's agent. For probes and other small talk: nothing holds back a writer who is
 * faster than the agent.
 */
import {
  type ByteStream,
  type HostPort,
  type Listener,
  type Network,
  NetworkError,
  type StreamHandler,
} from '../../cluster/runtime/network.ts';
import type { AgentError } from './agent-protocol.ts';
import type { RemoteAgent } from './remote-agent.ts';

export class RemoteNetwork implements Network {
  readonly #agent: RemoteAgent;
  readonly #streams = new Map<string, RemoteStream>();
  readonly #acceptors = new Map<string, (stream: ByteStream) => void>();

  constructor(agent: RemoteAgent) {
    this.#agent = agent;
    agent.onStreams((message) => {
      if (message.tell === 'accepted') {
        const accept = this.#acceptors.get(message.listener);
        accept?.(this.#stream(message.stream, message.remoteAddress));
      } else if (message.tell === 'bytes') {
        this.#streams.get(message.stream)?.arrived(Buffer.from(message.base64, 'base64'));
      } else {
        this.#streams.get(message.stream)?.closed(errorOf(message.error));
        this.#streams.delete(message.stream);
      }
    });
    agent.onEnd((error) => {
      for (const stream of this.#streams.values()) stream.closed(error);
      this.#streams.clear();
    });
  }

  async listen({ host, port }: HostPort, accept: (stream: ByteStream) => void): Promise<Listener> {
    const listener = this.#agent.newName('listener');
    this.#acceptors.set(listener, accept);
    const address = (await this.#agent.ask({ do: 'listen', listener, host, port })) as HostPort;
    return {
      address,
      close: async () => {
        // With the agent its listeners are gone.
        await this.#agent.ask({ do: 'close-listener', listener }).catch(() => undefined);
        this.#acceptors.delete(listener);
      },
    };
  }

  async connect({ host, port }: HostPort, timeoutMs: number): Promise<ByteStream> {
    const name = this.#agent.newName('dialled');
    // Bytes may come right behind the answer.
    const stream = this.#stream(name, `${host}:${port}`);
    try {
      await this.#agent.ask({ do: 'connect', stream: name, host, port, timeoutMs });
      return stream;
    } catch (error) {
      this.#streams.delete(name);
      throw error;
    }
  }

  #stream(name: string, remoteAddress: string): RemoteStream {
    const stream = new RemoteStream(this.#agent, name, remoteAddress);
    this.#streams.set(name, stream);
    return stream;
  }
}

class RemoteStream implements ByteStream {
  readonly remoteAddress: string;
  readonly #agent: RemoteAgent;
  readonly #name: string;
  /** What came while nobody listened. */
  #kept: (() => void)[] = [];
  #handler: StreamHandler | undefined;
  #isPaused = false;

  constructor(agent: RemoteAgent, name: string, remoteAddress: string) {
    this.#agent = agent;
    this.#name = name;
    this.remoteAddress = remoteAddress;
  }

  handle(handler: StreamHandler): void {
    this.#handler = handler;
    this.#deliver();
  }

  arrived(bytes: Uint8Array): void {
    this.#kept.push(() => this.#handler?.data(bytes));
    this.#deliver();
  }

  closed(error: Error | undefined): void {
    this.#kept.push(() => this.#handler?.close(error));
    this.#deliver();
  }

  write(bytes: Uint8Array): boolean {
    const base64 = Buffer.from(bytes).toString('base64');
    this.#agent.state({ do: 'write', stream: this.#name, base64 });
    return true;
  }

  bufferedBytes(): number {
    return 0;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#deliver();
  }

  destroy(): void {
    this.#agent.state({ do: 'destroy', stream: this.#name });
  }

  end(): void {
    this.#agent.state({ do: 'end', stream: this.#name });
  }

  #deliver(): void {
    if (this.#handler === undefined) return;
    while (!this.#isPaused && this.#kept.length > 0) this.#kept.shift()?.();
  }
}

function errorOf(error: AgentError | undefined): Error | undefined {
  return error === undefined ? undefined : new NetworkError(error.code, error.message);
}
