/** Proof that a link is cut, and that another one is not: who is greeted, and who is heard, tells the two directions of a connection apart. */
import type { FaultLink } from '../../checkers/history/fault.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';
import type { DelayProbe, LinkProbe } from '../../nemeses/nemesis.ts';
import { probeServer } from '../deployment/probe-server.ts';
import { type DelayOptions, DelayProbes } from './delay-probe.ts';
import { probePort } from './link-plan.ts';
import { ProbeHosts, type ProbePlan } from './probe-hosts.ts';

/**
 * When this process is busy, a timer is served before the bytes that came long before it: so many turns of the event loop are given to what has
 * arrived already. They take no time when there is nothing.
 */
const graceTurns = 20;

export interface ProbeOptions {
  readonly patienceMs: number;
  /** A port of the server that runs on `to` now, which `from` may dial; undefined: none can answer. */
  serverPort(from: string, to: string): number | undefined;
}

export class LinkProbes {
  readonly #runtimes: ReadonlyMap<string, Runtime>;
  readonly #dialled: ReadonlySet<string>;
  readonly #hosts: ProbeHosts;
  readonly #delays: DelayProbes;

  private constructor(plan: ProbePlan, runtimes: ReadonlyMap<string, Runtime>, hosts: ProbeHosts) {
    this.#runtimes = runtimes;
    this.#hosts = hosts;
    const probed = plan.proxies.filter(({ port }) => port === probePort);
    this.#dialled = new Set(probed.map(({ source, destination }) => `${source}>${destination}`));
    this.#delays = new DelayProbes(hosts, runtimes, (dialler, listener) => this.#dials(dialler, listener));
  }

  /** `runtimes`: one per host, with that host's own table. */
  static async open(plan: ProbePlan, runtimes: ReadonlyMap<string, Runtime>): Promise<LinkProbes> {
    return new LinkProbes(plan, runtimes, await ProbeHosts.open(plan, runtimes));
  }

  /** All links at once; takes at most about the patience, less when every byte arrives. */
  probe(links: readonly FaultLink[], options: ProbeOptions): Promise<readonly LinkProbe[]> {
    return Promise.all(
      links.map(async ([from, to]): Promise<LinkProbe> => {
        const [onConnectionsOfFrom, onConnectionsOfTo, serverAnswered] = await Promise.all([
          this.#dials(from, to) ? this.#bytesOfDialler(from, to, options.patienceMs) : undefined,
          this.#dials(to, from) ? this.#bytesOfListener(to, from, options.patienceMs) : undefined,
          this.#serverAnswers(from, to, options),
        ]);
        return { from, to, onConnectionsOfFrom, onConnectionsOfTo, serverAnswered };
      }),
    );
  }

  /** None of links on which nobody dials, or nobody can ask. */
  delays(links: readonly FaultLink[], options: DelayOptions): Promise<readonly DelayProbe[]> {
    return this.#delays.measure(links, options);
  }

  close(): Promise<void> {
    return this.#hosts.close();
  }

  #dials(dialler: string, listener: string): boolean {
    return this.#dialled.has(`${dialler}>${listener}`);
  }

  /** Do bytes written by the one who dialled arrive? */
  #bytesOfDialler(dialler: string, listener: string, patienceMs: number): Promise<boolean> {
    let arrived: () => void = () => undefined;
    const visitor = this.#hosts.expect(listener, () => arrived());
    return this.#dial(dialler, listener, patienceMs, (stream, done) => {
      arrived = () => done(true);
      stream.write(visitor.name);
    }).finally(visitor.forget);
  }

  /** Do bytes written by the one who listens arrive? */
  #bytesOfListener(dialler: string, listener: string, patienceMs: number): Promise<boolean> {
    return this.#dial(dialler, listener, patienceMs, () => undefined, true);
  }

  async #dial(
    dialler: string,
    listener: string,
    patienceMs: number,
    begin: (stream: { write(bytes: Uint8Array): boolean }, done: (arrived: boolean) => void) => void,
    greetingCounts = false,
  ): Promise<boolean> {
    const { network, clock } = this.#runtime(dialler);
    const startMs = clock.monotonicMs();
    const stream = await network
      .connect({ host: listener, port: probePort }, patienceMs)
      .catch(() => undefined);
    if (stream === undefined) return false;
    return new Promise<boolean>((resolve) => {
      const done = (arrived: boolean) => {
        timer.cancel();
        resolve(arrived);
        stream.destroy();
      };
      const remainingMs = Math.max(0, startMs + patienceMs - clock.monotonicMs());
      const timer = clock.after(remainingMs, () => afterTurns(clock, graceTurns, () => done(false)));
      stream.handle({
        data: () => {
          if (greetingCounts) done(true);
        },
        close: () => done(false),
      });
      begin(stream, done);
    });
  }

  #serverAnswers(from: string, to: string, options: ProbeOptions): Promise<boolean> | undefined {
    const port = this.#dials(from, to) ? options.serverPort(from, to) : undefined;
    if (port === undefined) return undefined;
    return probeServer(this.#runtime(from), `${to}:${port}`, options.patienceMs);
  }

  #runtime(host: string): Runtime {
    const runtime = this.#runtimes.get(host);
    if (runtime === undefined)
      throw new Error(`no host named ${host}; known: ${[...this.#runtimes.keys()].join(', ')}`);
    return runtime;
  }
}

function afterTurns(clock: Clock, turns: number, then: () => void): void {
  if (turns === 0) then();
  else clock.soon(() => afterTurns(clock, turns - 1, then));
}
