/** TCP of the operating system, with the names of the node's hosts table. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ByteStream, ConnectOptions, HostPort, Listener, Network, StreamHandler } from '../network.ts';
import { NetworkError } from '../network.ts';
import type { HostsTable } from './hosts-table.ts';

/** As much as one read of the socket can bring, in a stream that lends its bytes. */
const lentBytesMax = 256 * 1024;

export class OsNetwork implements Network {
  readonly #hosts: HostsTable;
  readonly #open = new Set<Socket | Server>();

  constructor(hosts: HostsTable) {
    this.#hosts = hosts;
  }

  listen(address: HostPort, accept: (stream: ByteStream) => void): Promise<Listener> {
    const { host, port } = this.#hosts.resolve(address);
    const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
      this.#track(socket);
      accept(new OsByteStream(socket));
    });
    return new Promise((resolve, reject) => {
      const refused = (error: Error) => reject(networkError(error, `listen on ${host}:${port}`));
      server.once('error', refused);
      server.listen({ host, port, exclusive: true }, () => {
        server.off('error', refused);
        // A failed accept (out of file descriptors) harms that connection alone.
        server.on('error', () => undefined);
        this.#open.add(server);
        const bound = server.address();
        resolve({
          address: { host, port: bound !== null && typeof bound === 'object' ? bound.port : port },
          // Node calls back only when the last accepted stream has ended; those live on.
          close: () => {
            this.#open.delete(server);
            server.close();
            return Promise.resolve();
          },
        });
      });
    });
  }

  connect(address: HostPort, timeoutMs: number, options: ConnectOptions = {}): Promise<ByteStream> {
    const { host, port } = this.#hosts.resolve(address);
    const lender = options.lendsBytes === true ? new Lender() : undefined;
    return new Promise((resolve, reject) => {
      const socket = connect({
        host,
        port,
        noDelay: true,
        ...(lender === undefined ? {} : { onread: lender }),
      });
      this.#track(socket);
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new NetworkError('ETIMEDOUT', `connect to ${host}:${port}: no answer in ${timeoutMs} ms`));
      }, timeoutMs);
      const refused = (error: Error) => {
        clearTimeout(timer);
        reject(networkError(error, `connect to ${host}:${port}`));
      };
      socket.once('error', refused);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.off('error', refused);
        socket.pause();
        resolve(new OsByteStream(socket, lender));
      });
    });
  }

  /** Closes every stream and listener of this network: for hosts that live inside the harness. */
  close(): void {
    for (const open of this.#open) {
      if ('destroy' in open) open.destroy();
      else open.close();
    }
    this.#open.clear();
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }
}

/** What Node asks for as `onread`: the memory that it reads into, and who is told. */
class Lender {
  readonly buffer: Buffer = Buffer.alloc(lentBytesMax);
  take: (bytes: Uint8Array) => void = () => undefined;

  readonly callback = (count: number): boolean => {
    this.take(this.buffer.subarray(0, count));
    return true;
  };
}

class OsByteStream implements ByteStream {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #lender: Lender | undefined;
  #error: Error | undefined;

  constructor(socket: Socket, lender?: Lender) {
    this.#socket = socket;
    this.#lender = lender;
    this.remoteAddress = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;
    socket.on('error', (error) => {
      this.#error ??= error;
    });
  }

  handle(handler: StreamHandler): void {
    const socket = this.#socket;
    if (this.#lender === undefined) socket.on('data', (bytes: Buffer) => handler.data(bytes));
    else this.#lender.take = (bytes) => handler.data(bytes);
    if (handler.drain !== undefined) socket.on('drain', () => handler.drain?.());
    // The peer's end of the stream is the end of the stream: nothing here speaks on half-closed connections.
    socket.on('end', () => socket.end());
    if (socket.destroyed) setImmediate(() => handler.close(this.#error));
    else socket.once('close', () => handler.close(this.#error));
    socket.resume();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#socket.destroyed || !this.#socket.writable) return true;
    return this.#socket.write(bytes);
  }

  bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(error?: Error): void {
    this.#error ??= error;
    this.#socket.destroy();
  }

  end(): void {
    this.#socket.end();
  }
}

function networkError(error: Error, doing: string): NetworkError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'EIO';
  return new NetworkError(code, `${doing}: ${error.message}`, { cause: error });
}
