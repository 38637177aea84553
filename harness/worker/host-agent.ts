/** The agent's side: does in the host's own network what the harness asks for. */
import { type ByteStream, type Listener, NetworkError } from '../../cluster/runtime/network.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';
import { logClientOver } from '../runner/rocketmq-log-client.ts';
import type { LogClient } from '../workload/log-client.ts';
import type { AgentError, AgentMessage, AgentRequest } from './agent-protocol.ts';

type Asked = Extract<AgentRequest, { readonly id: number }>;

export class HostAgent {
  readonly #runtime: Runtime;
  readonly #tell: (message: AgentMessage) => void;
  readonly #listeners = new Map<string, Listener>();
  readonly #streams = new Map<string, ByteStream>();
  readonly #clients = new Map<string, LogClient>();
  #acceptedCount = 0;

  constructor(runtime: Runtime, tell: (message: AgentMessage) => void) {
    this.#runtime = runtime;
    this.#tell = tell;
  }

  take(request: AgentRequest): void {
    switch (request.do) {
      case 'write':
        this.#streams.get(request.stream)?.write(Buffer.from(request.base64, 'base64'));
        return;
      case 'end':
      case 'destroy':
        this.#streams.get(request.stream)?.[request.do]();
        return;
      default: {
        const { id } = request;
        this.#perform(request).then(
          (value) => this.#tell({ tell: 'answer', id, value: value ?? null }),
          (error: unknown) => this.#tell({ tell: 'error', id, error: told(error) }),
        );
      }
    }
  }

  async #perform(request: Asked): Promise<unknown> {
    switch (request.do) {
      case 'listen':
        return this.#listen(request);
      case 'close-listener':
        await this.#listeners.get(request.listener)?.close();
        return;
      case 'connect':
        return this.#connect(request);
      case 'open-client': {
        const { topic, nameservers, habit } = request;
        this.#clients.set(
          request.client,
          logClientOver({ runtime: this.#runtime, topic, nameservers }, habit),
        );
        return;
      }
      case 'close-client':
        await this.#clients.get(request.client)?.close();
        this.#clients.delete(request.client);
        return;
      case 'send':
        return this.#client(request.client).send(request.queueId, request.message);
      case 'pull':
        return this.#client(request.client).pull(request.queueId, request.from, request.countMax);
      case 'max-offset':
        return this.#client(request.client).maxOffset(request.queueId);
      default:
        return request satisfies never;
    }
  }

  async #listen({ listener, host, port }: Asked & { readonly do: 'listen' }): Promise<unknown> {
    const opened = await this.#runtime.network.listen({ host, port }, (stream) => {
      this.#acceptedCount += 1;
      const name = `accepted-${this.#acceptedCount}`;
      this.#tell({ tell: 'accepted', listener, stream: name, remoteAddress: stream.remoteAddress });
      this.#carry(name, stream);
    });
    this.#listeners.set(listener, opened);
    return opened.address;
  }

  async #connect({
    stream: name,
    host,
    port,
    timeoutMs,
  }: Asked & { readonly do: 'connect' }): Promise<unknown> {
    const stream = await this.#runtime.network.connect({ host, port }, timeoutMs);
    this.#carry(name, stream);
    return { remoteAddress: stream.remoteAddress };
  }

  #carry(name: string, stream: ByteStream): void {
    this.#streams.set(name, stream);
    stream.handle({
      data: (bytes) =>
        this.#tell({ tell: 'bytes', stream: name, base64: Buffer.from(bytes).toString('base64') }),
      close: (error) => {
        this.#streams.delete(name);
        this.#tell({
          tell: 'closed',
          stream: name,
          ...(error === undefined ? {} : { error: told(error) }),
        });
      },
    });
  }

  #client(name: string): LogClient {
    const client = this.#clients.get(name);
    if (client === undefined) throw new Error(`no client named ${name} is open here`);
    return client;
  }
}

function told(error: unknown): AgentError {
  if (error instanceof NetworkError) return { code: error.code, message: error.message };
  return { code: '', message: error instanceof Error ? error.message : String(error) };
}
