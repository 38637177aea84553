/** Test doubles at both ends of a proxied connection: what they got, and promises for what they shall get. */
import { connect, createServer, type Server, type Socket } from 'node:net';

export class TestPeer {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #isClosed = false;
  #error: (Error & { readonly code?: string }) | undefined;
  readonly #watchers = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#tell();
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => {
      this.#isClosed = true;
      this.#tell();
    });
  }

  static connect(address: string): Promise<TestPeer> {
    const [host = '', port = ''] = address.split(/:(?=\d+$)/);
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port: Number(port), noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new TestPeer(socket));
      });
    });
  }

  get received(): string {
    return this.#received.toString('latin1');
  }

  get receivedBytes(): number {
    return this.#received.length;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** 'ECONNRESET' after RST; undefined after an orderly close. */
  get errorCode(): string | undefined {
    return this.#error?.code;
  }

  say(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  close(): void {
    this.socket.destroy();
  }

  /** As soon as `text` is all there is, or more than it came, or the connection closed. */
  async hasReceived(text: string): Promise<string> {
    await this.until(() => this.#received.length >= text.length || this.#isClosed);
    return this.received;
  }

  async hasClosed(): Promise<void> {
    await this.until(() => this.#isClosed);
  }

  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = () => {
        if (!isTrue()) return;
        this.#watchers.delete(watch);
        resolve();
      };
      this.#watchers.add(watch);
      watch();
    });
  }

  #tell(): void {
    for (const watch of [...this.#watchers]) watch();
  }
}

/** Listens on 127.0.0.1 and keeps whoever connects. */
export class TestListener {
  readonly address: string;
  readonly #server: Server;
  readonly #all: TestPeer[] = [];
  readonly #accepted: TestPeer[] = [];
  readonly #waiting: ((peer: TestPeer) => void)[] = [];

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  static listen(host = '127.0.0.1', port = 0): Promise<TestListener> {
    return new Promise((resolve, reject) => {
      const server = createServer({ noDelay: true });
      server.once('error', reject);
      server.listen({ host, port }, () => {
        const bound = server.address();
        const boundPort = bound !== null && typeof bound === 'object' ? bound.port : port;
        const listener = new TestListener(server, `${host}:${boundPort}`);
        server.on('connection', (socket) => listener.#accept(new TestPeer(socket)));
        resolve(listener);
      });
    });
  }

  /** The next connection that nobody has taken yet. */
  next(): Promise<TestPeer> {
    const peer = this.#accepted.shift();
    if (peer !== undefined) return Promise.resolve(peer);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const peer of this.#all) peer.close();
    });
  }

  #accept(peer: TestPeer): void {
    this.#all.push(peer);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#accepted.push(peer);
    else waiting(peer);
  }
}
