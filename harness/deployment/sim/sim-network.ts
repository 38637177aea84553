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

/** The peer of a machine that lost its power: it knows of nothing. */
interface HalfOpen {
  readonly off: string;
  readonly peer: SimStream;
  /** From the peer to the machine. */
  readonly link: SimLink;
  readonly offSinceUs: number;
  /** Its kernel gives up so long after bytes went unacknowledged, as in one segment of a network; else only a time-out of the process does. */
  readonly patienceUs: number | undefined;
  hasSent: boolean;
  givesUp: boolean;
}

/** Addresses that mean the host itself. */
const ownAddresses: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '0.0.0.0', '::', '']);
const listenUs = 60;
const firstFreePort = 32_768;
const noRouteUs = [1_000_000, 20_000_000] as const;
/** A kernel sends unacknowledged bytes again after twice as long each time, up to this. */
const retransmissionUsMax = 60_000_000;

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
  /** Machines without power. */
  readonly #off = new Set<string>();
  readonly #halfOpen = new Set<HalfOpen>();
  readonly #pingRandom: SimRandom;
  #freePort = firstFreePort;

  constructor(scheduler: Scheduler, random: SimRandom) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#pingRandom = random.fork('pings');
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
    this.#dialAgain();
    for (const half of this.#halfOpen)
      if (half.hasSent && !this.#off.has(half.off)) this.#refuseOldBytes(half);
  }

  /** The machine is dead: it answers nothing, not even to who dials it. */
  powerOff(host: string): void {
    this.#off.add(host);
  }

  /** It remembers none of its connections: bytes of an old one are answered with a reset. */
  powerOn(host: string): void {
    if (!this.#off.delete(host)) return;
    this.#dialAgain();
    for (const half of this.#halfOpen) if (half.off === host && half.hasSent) this.#refuseOldBytes(half);
  }

  /** A packet from kernel to kernel, past all connections: milliseconds until it arrived, undefined when it did not within the patience. */
  ping(from: string, to: string, bytes: number, patienceMs: number): Promise<number | undefined> {
    const link = this.link(from, to);
    const delayUs = link.delayUs(this.#pingRandom, bytes, this.#scheduler.nowUs);
    const isLost = () => link.cut !== undefined || this.#off.has(from) || this.#off.has(to);
    const lostAtOnce = isLost();
    const patienceUs = Math.ceil(patienceMs * 1000);
    return new Promise((resolve) => {
      this.#scheduler.schedule(undefined, 'arrive', Math.min(delayUs, patienceUs), () =>
        resolve(lostAtOnce || delayUs > patienceUs || isLost() ? undefined : delayUs / 1000),
      );
    });
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

  /** The life is over: its listeners vanish and its kernel ends its connections, if it still can. */
  lifeEnded(life: SimLife, silently: boolean): void {
    for (const [key, listener] of this.#listeners) if (listener.life === life) this.#listeners.delete(key);
    for (const attempt of this.#hanging) if (attempt.life === life) this.#hanging.delete(attempt);
    for (const { streams, pipes } of [...this.#connections]) {
      const [dialled, accepted] = streams;
      for (const stream of streams) {
        if (stream.owner !== life) continue;
        if (!silently) stream.die();
        else if (stream === dialled) this.#forsake(dialled, accepted, pipes[1].link);
        else this.#forsake(accepted, dialled, pipes[0].link);
      }
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
    const delayUs = way.delayUs(this.#random, 0, this.#scheduler.nowUs);
    this.#scheduler.schedule(undefined, 'connect', delayUs, () => {
      if (attempt.isOver || !life.alive) return;
      if (way.cut === 'reset' || back.cut === 'reset') {
        this.#answer(attempt, () =>
          this.#refuse(attempt, 'ECONNRESET', `the connection to ${to}:${port} was reset`),
        );
        return;
      }
      const listener = this.#listeners.get(`${to}:${port}`);
      // The harness's own processes are there also without power.
      const isDark = this.#off.has(to) && listener === undefined;
      if (way.cut !== undefined || back.cut !== undefined || isDark) this.#hanging.add(attempt);
      else this.#meet(attempt, listener, way, back);
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
      if (this.#scheduler.watch !== undefined)
        this.#scheduler.note('net', life.hostName, `connected to port ${port}`, to);
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
    const breakOff = () => this.#breakOff(connection);
    const there = new SimPipe(this.#scheduler, this.#random, way, {
      writer: dialled,
      reader: accepted,
      breakOff,
    });
    const home = new SimPipe(this.#scheduler, this.#random, back, {
      writer: accepted,
      reader: dialled,
      breakOff,
    });
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
    const back = this.link(attempt.to, attempt.life.hostName);
    const delayUs = back.delayUs(this.#random, 0, this.#scheduler.nowUs);
    this.#scheduler.schedule(attempt.life, 'connect', delayUs, tell);
  }

  #refuse(attempt: ConnectAttempt, code: string, message: string): void {
    if (attempt.isOver) return;
    attempt.isOver = true;
    if (this.#scheduler.watch !== undefined)
      this.#scheduler.note('net', attempt.life.hostName, `no connection: ${code}`, attempt.to);
    attempt.timeout?.cancel();
    this.#hanging.delete(attempt);
    attempt.reject(new NetworkError(code, message));
  }

  #dialAgain(): void {
    for (const attempt of [...this.#hanging]) {
      this.#hanging.delete(attempt);
      this.#dial(attempt);
    }
  }

  #forsake(stream: SimStream, peer: SimStream, link: SimLink): void {
    const half: HalfOpen = {
      off: link.to,
      peer,
      link,
      offSinceUs: this.#scheduler.nowUs,
      patienceUs: this.#random.oneIn(2) ? this.#random.between(...noRouteUs) : undefined,
      hasSent: false,
      givesUp: false,
    };
    for (const old of this.#halfOpen) if (old.peer.isClosed) this.#halfOpen.delete(old);
    if (!peer.isClosed) this.#halfOpen.add(half);
    stream.vanish(() => this.#unanswered(half));
  }

  /** Bytes went to a machine that is gone, or that came back and knows nothing of them. */
  #unanswered(half: HalfOpen): void {
    const isFirst = !half.hasSent;
    half.hasSent = true;
    if (!this.#off.has(half.off)) this.#refuseOldBytes(half, isFirst);
    else if (isFirst && half.patienceUs !== undefined) {
      this.#scheduler.schedule(undefined, 'close', half.patienceUs, () => {
        if (this.#off.has(half.off)) this.#giveUp(half, 'EHOSTUNREACH', `no way to ${half.off}`);
      });
    }
  }

  /** When the kernel of the peer sends its bytes (the first time, or again) the answer is a reset. */
  #refuseOldBytes(half: HalfOpen, isFirst = false): void {
    if (half.givesUp) return;
    half.givesUp = true;
    const silenceUs = Math.min(this.#scheduler.nowUs - half.offSinceUs, retransmissionUsMax);
    const waitUs = isFirst ? 0 : this.#random.below(Math.ceil(silenceUs) + 1);
    const delayUs = waitUs + half.link.delayUs(this.#random, 0, this.#scheduler.nowUs);
    this.#scheduler.schedule(undefined, 'close', delayUs, () => {
      half.givesUp = false;
      // Else again at the heal, or at the next start.
      const { link } = half;
      const back = this.link(link.to, link.from);
      if (link.cut !== undefined || back.cut !== undefined || this.#off.has(half.off)) return;
      this.#giveUp(half, 'ECONNRESET', `the connection to ${half.peer.remoteAddress} was reset`);
    });
  }

  #giveUp(half: HalfOpen, code: string, message: string): void {
    this.#halfOpen.delete(half);
    half.peer.breakOff(code, message);
  }

  #breakOff(connection: Connection): void {
    for (const stream of connection.streams) {
      stream.breakOff('ECONNRESET', `the connection to ${stream.remoteAddress} was reset`);
    }
  }
}
