/** The network between the simulated hosts: names, listeners, connections and directed cuts. */
import assert from 'node:assert/strict';
import {
  type ByteStream,
  type HostPort,
  type Listener,
  NetworkError,
} from '../../../cluster/runtime/network.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimEvent } from './sim-event.ts';
import type { SimLife } from './sim-life.ts';
import { type CutFlavour, type LinkShape, SimLink } from './sim-link.ts';
import { SimPipe } from './sim-pipe.ts';
import type { SimRandom } from './sim-random.ts';
import { SimStream } from './sim-stream.ts';

interface OpenListener {
  readonly life: SimLife;
  readonly accept: (stream: ByteStream) => void;
}

interface Connection {
  readonly streams: readonly [SimStream, SimStream];
  readonly pipes: readonly [SimPipe, SimPipe];
}

interface ConnectAttempt {
  readonly life: SimLife;
  readonly to: string;
  readonly port: number;
  readonly resolve: (stream: ByteStream) => void;
  readonly reject: (error: NetworkError) => void;
  timeout: SimEvent | undefined;
  isOver: boolean;
}

/** Addresses that mean the host itself. */
const ownAddresses: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '0.0.0.0', '::', '']);
const listenUs = 60;
const firstFreePort = 32_768;

export class SimNetwork {
  readonly #scheduler: Scheduler;
  readonly #random: SimRandom;
  /** Name -> numeric address. */
  readonly #addresses = new Map<string, string>();
  readonly #links = new Map<string, SimLink>();
  readonly #listeners = new Map<string, OpenListener>();
  readonly #connections = new Set<Connection>();
  /** Dialled into a cut. */
  readonly #hanging = new Set<ConnectAttempt>();
  #freePort = firstFreePort;

  constructor(scheduler: Scheduler, random: SimRandom) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  addHost(name: string): void {
    this.#addresses.set(name, `10.0.0.${this.#addresses.size + 1}`);
  }

  listen(life: SimLife, address: HostPort, accept: (stream: ByteStream) => void): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const port = address.port === 0 ? this.#freePort++ : address.port;
      this.#scheduler.schedule(life, 'listen', listenUs, () => {
        const key = `${life.hostName}:${port}`;
        if (this.#resolve(life, address.host) !== life.hostName) {
          reject(new NetworkError('EADDRNOTAVAIL', `${life.hostName} has no address ${address.host}`));
        } else if (this.#listeners.has(key)) {
          reject(new NetworkError('EADDRINUSE', `${key} is in use; stop the other listener first`));
        } else {
          this.#listeners.set(key, { life, accept });
          resolve({ address: { host: address.host, port }, close: () => this.#closeListener(life, key) });
        }
      });
    });
  }

  connect(life: SimLife, address: HostPort, timeoutMs: number): Promise<ByteStream> {
    return new Promise((resolve, reject) => {
      const to = this.#resolve(life, address.host);
      if (to === undefined) {
        const error = new NetworkError('ENOTFOUND', `${life.hostName} knows no host ${address.host}`);
        this.#scheduler.schedule(life, 'connect', listenUs, () => reject(error));
        return;
      }
      const attempt: ConnectAttempt = {
        life,
        to,
        port: address.port,
        resolve,
        reject,
        timeout: undefined,
        isOver: false,
      };
      attempt.timeout = this.#scheduler.schedule(life, 'connect', Math.ceil(timeoutMs * 1000), () =>
        this.#refuse(attempt, 'ETIMEDOUT', `no answer from ${to}:${address.port} for ${timeoutMs} ms`),
      );
      this.#dial(attempt);
    });
  }

  cut(from: string, to: string, flavour: CutFlavour): void {
    assert(from !== to, `a cut goes from one host to another, not from ${from} to itself`);
    const link = this.link(from, to);
    link.cut = flavour;
    for (const connection of [...this.#connections]) {
      const pipe = connection.pipes.find((one) => one.link === link);
      if (pipe === undefined) continue;
      if (flavour === 'reset') this.#breakOff(connection);
      else pipe.cutBegan();
    }
  }

  /** A name left out means every host. */
  heal(from?: string, to?: string): void {
    for (const link of this.#links.values()) {
      if (link.cut === undefined) continue;
      if ((from !== undefined && link.from !== from) || (to !== undefined && link.to !== to)) continue;
      link.cut = undefined;
      for (const connection of [...this.#connections]) {
        const pipe = connection.pipes.find((one) => one.link === link);
        if (pipe?.hasLost) this.#breakOff(connection);
        else pipe?.cutEnded();
      }
    }
    for (const attempt of [...this.#hanging]) {
      this.#hanging.delete(attempt);
      this.#dial(attempt);
    }
  }

  shape(from: string, to: string, shape: LinkShape): void {
    this.link(from, to).shape(shape);
  }

  link(from: string, to: string): SimLink {
    const key = `${from}>${to}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = new SimLink(from, to);
      this.#links.set(key, link);
    }
    return link;
  }

  /** The life is over: its listeners vanish and its kernel ends its connections. */
  lifeEnded(life: SimLife): void {
    for (const [key, listener] of this.#listeners) if (listener.life === life) this.#listeners.delete(key);
    for (const attempt of this.#hanging) if (attempt.life === life) this.#hanging.delete(attempt);
    for (const { streams } of [...this.#connections]) {
      for (const stream of streams) if (stream.owner === life) stream.die();
    }
  }

  lifeResumed(life: SimLife): void {
    for (const { streams } of this.#connections) {
      for (const stream of streams) if (stream.owner === life) stream.wake();
    }
  }

  /** What does not move, for reports. */
  describe(): readonly string[] {
    const lines: string[] = [];
    for (const link of this.#links.values()) {
      if (link.cut !== undefined) lines.push(`cut ${link.from} -> ${link.to} (${link.cut})`);
    }
    for (const attempt of this.#hanging) {
      lines.push(`${attempt.life.hostName} waits to connect to ${attempt.to}:${attempt.port}`);
    }
    for (const { pipes } of this.#connections) {
      for (const pipe of pipes) {
        const bytes = pipe.flightBytes + pipe.queuedBytes;
        if (bytes > 0) lines.push(`${bytes} bytes wait from ${pipe.link.from} to ${pipe.link.to}`);
      }
    }
    return lines;
  }

  #resolve(life: SimLife, host: string): string | undefined {
    if (ownAddresses.has(host)) return life.hostName;
    if (this.#addresses.has(host)) return host;
    for (const [name, address] of this.#addresses) if (address === host) return name;
    return undefined;
  }

  #closeListener(life: SimLife, key: string): Promise<void> {
    if (this.#listeners.get(key)?.life === life) this.#listeners.delete(key);
    return new Promise((resolve) => {
      this.#scheduler.schedule(life, 'listen', listenUs, resolve);
    });
  }

  /** The first packet reaches the other host's kernel, or hangs in a cut. */
  #dial(attempt: ConnectAttempt): void {
    const { life, to, port } = attempt;
    const way = this.link(life.hostName, to);
    const back = this.link(to, life.hostName);
    this.#scheduler.schedule(undefined, 'connect', way.delayUs(this.#random, 0), () => {
      if (attempt.isOver || !life.alive) return;
      if (way.cut === 'reset' || back.cut === 'reset') {
        this.#answer(attempt, () =>
          this.#refuse(attempt, 'ECONNRESET', `the connection to ${to}:${port} was reset`),
        );
      } else if (way.cut !== undefined || back.cut !== undefined) {
        this.#hanging.add(attempt);
      } else {
        this.#meet(attempt, this.#listeners.get(`${to}:${port}`), way, back);
      }
    });
  }

  #meet(attempt: ConnectAttempt, listener: OpenListener | undefined, way: SimLink, back: SimLink): void {
    const { life, to, port } = attempt;
    if (listener === undefined) {
      this.#answer(attempt, () =>
        this.#refuse(attempt, 'ECONNREFUSED', `nobody listens at ${to}:${port}; is it started?`),
      );
      return;
    }
    const connection = this.#join(life, listener.life, port, way, back);
    const [dialled, accepted] = connection.streams;
    this.#scheduler.schedule(listener.life, 'accept', 0, () => listener.accept(accepted));
    this.#answer(attempt, () => {
      if (attempt.isOver) {
        dialled.destroy();
        return;
      }
      attempt.isOver = true;
      attempt.timeout?.cancel();
      attempt.resolve(dialled);
    });
  }

  #join(dialler: SimLife, acceptor: SimLife, port: number, way: SimLink, back: SimLink): Connection {
    const addressOf = (life: SimLife) => this.#addresses.get(life.hostName) ?? life.hostName;
    let openEnds = 2;
    const whenClosed = () => {
      openEnds--;
      if (openEnds === 0) this.#connections.delete(connection);
    };
    const dialled = new SimStream(this.#scheduler, dialler, `${addressOf(acceptor)}:${port}`, whenClosed);
    const callerPort = this.#freePort++;
    const accepted = new SimStream(
      this.#scheduler,
      acceptor,
      `${addressOf(dialler)}:${callerPort}`,
      whenClosed,
    );
    const there = new SimPipe(this.#scheduler, this.#random, way, { writer: dialled, reader: accepted });
    const home = new SimPipe(this.#scheduler, this.#random, back, { writer: accepted, reader: dialled });
    dialled.join(home, there);
    accepted.join(there, home);
    const connection: Connection = {
      streams: [dialled, accepted],
      pipes: [there, home],
    };
    this.#connections.add(connection);
    return connection;
  }

  #answer(attempt: ConnectAttempt, tell: () => void): void {
    const delayUs = this.link(attempt.to, attempt.life.hostName).delayUs(this.#random, 0);
    this.#scheduler.schedule(attempt.life, 'connect', delayUs, tell);
  }

  #refuse(attempt: ConnectAttempt, code: string, message: string): void {
    if (attempt.isOver) return;
    attempt.isOver = true;
    attempt.timeout?.cancel();
    this.#hanging.delete(attempt);
    attempt.reject(new NetworkError(code, message));
  }

  #breakOff(connection: Connection): void {
    for (const stream of connection.streams) {
      stream.breakOff('ECONNRESET', `the connection to ${stream.remoteAddress} was reset`);
    }
  }
}
