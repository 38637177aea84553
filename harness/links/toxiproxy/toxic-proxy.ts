/** One proxy: a listener, its connections, its toxics. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { apiErrors } from './api-error.ts';
import { listenError, parseAddress, showBound } from './listen-address.ts';
import type { Direction, Toxic, ToxicJson } from './toxic.ts';
import { ToxicLink } from './toxic-link.ts';

export interface ProxyJson {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly ToxicJson[];
}

interface Connection {
  readonly sockets: readonly Socket[];
  links: Readonly<Record<Direction, ToxicLink>> | undefined;
}

export class ToxicProxy {
  readonly name: string;
  #listen: string;
  #upstream: string;
  #server: Server | undefined;
  readonly #connections = new Set<Connection>();
  readonly #toxics: Readonly<Record<Direction, Toxic[]>> = { upstream: [], downstream: [] };

  constructor(name: string, listen: string, upstream: string) {
    this.name = name;
    this.#listen = listen;
    this.#upstream = upstream;
  }

  get isEnabled(): boolean {
    return this.#server !== undefined;
  }

  toJson(): ProxyJson {
    return {
      name: this.name,
      listen: this.#listen,
      upstream: this.#upstream,
      enabled: this.isEnabled,
      toxics: this.toxics().map((toxic) => toxic.toJson()),
    };
  }

  /** The same listen address, names resolved, and the same upstream. */
  isLike(listen: string, upstream: string): boolean {
    const wanted = parseAddress(listen);
    const mine = parseAddress(this.#listen);
    return wanted.host === mine.host && wanted.port === mine.port && upstream === this.#upstream;
  }

  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    const address = parseAddress(this.#listen);
    // Half-open: a source that ends its side must not end the other direction before the toxics say so.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) =>
      this.#accept(client),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenError(error, this.#listen)));
      server.listen({ host: address.host, port: address.port, exclusive: true, backlog: 1024 }, resolve);
    });
    // A failed accept (no file descriptors) harms that connection alone.
    server.on('error', () => undefined);
    const bound = server.address();
    if (bound !== null && typeof bound === 'object') this.#listen = showBound(bound);
    this.#server = server;
  }

  /** No connection is accepted and none lives when it resolves. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    for (const { sockets } of this.#connections) for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async update(listen: string, upstream: string, enabled: boolean): Promise<void> {
    if (!this.isLike(listen, upstream)) {
      await this.stop();
      this.#listen = listen;
      this.#upstream = upstream;
    }
    if (enabled) await this.start();
    else await this.stop();
  }

  toxics(): readonly Toxic[] {
    return [...this.#toxics.upstream, ...this.#toxics.downstream];
  }

  toxic(name: string): Toxic {
    const found = this.toxics().find((toxic) => toxic.name === name);
    if (found === undefined) throw apiErrors.toxicNotFound();
    return found;
  }

  addToxic(toxic: Toxic): void {
    if (this.toxics().some(({ name }) => name === toxic.name)) throw apiErrors.toxicAlreadyExists();
    this.#toxics[toxic.direction].push(toxic);
    for (const link of this.#links(toxic.direction)) link.add(toxic);
  }

  updateToxic(toxic: Toxic): void {
    for (const link of this.#links(toxic.direction)) link.update(toxic);
  }

  removeToxic(name: string): void {
    const toxic = this.toxic(name);
    const chain = this.#toxics[toxic.direction];
    chain.splice(chain.indexOf(toxic), 1);
    for (const link of this.#links(toxic.direction)) link.remove(toxic);
  }

  removeAllToxics(): void {
    for (const toxic of this.toxics()) this.removeToxic(toxic.name);
  }

  #links(direction: Direction): ToxicLink[] {
    return [...this.#connections].flatMap(({ links }) => (links === undefined ? [] : [links[direction]]));
  }

  #accept(client: Socket): void {
    const { host, port } = parseAddress(this.#upstream);
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const connection: Connection = { sockets: [client, upstream], links: undefined };
    this.#connections.add(connection);
    const closed = () => {
      if (client.destroyed && upstream.destroyed) this.#connections.delete(connection);
    };
    client.on('error', () => undefined).once('close', closed);
    upstream.on('error', () => undefined).once('close', closed);
    // Nobody listens there: the client sees its connection accepted and closed.
    const refused = () => client.destroy();
    upstream.once('close', refused);
    upstream.once('connect', () => {
      upstream.off('close', refused);
      const resets = this.toxics().some(({ kind }) => kind.closesWithReset === true);
      connection.links = {
        upstream: new ToxicLink(client, upstream, this.#toxics.upstream, resets),
        downstream: new ToxicLink(upstream, client, this.#toxics.downstream, resets),
      };
    });
  }
}
