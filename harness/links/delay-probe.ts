/** How long bytes take over a link, and whether they arrive at all, on connections of both kinds. */
import type { FaultLink } from '../../checkers/history/fault.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';
import type { DelayProbe } from '../../nemeses/nemesis.ts';
import { spread } from '../../nemeses/spread.ts';
import { probePort } from './link-plan.ts';
import { greeting, type ProbeHosts } from './probe-hosts.ts';

/** More at once would measure each other. */
const atOnceMax = 6;
/** Of more a part, spread over all, tells enough. */
const connectionsMax = 36;

export interface DelayOptions {
  readonly bytes: number;
  readonly patienceMs: number;
  /** The listener's bytes are asked for over the other direction: where that is cut nobody can ask. */
  isCut(from: string, to: string): boolean;
}

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly dialledBy: string;
}

export class DelayProbes {
  readonly #hosts: ProbeHosts;
  readonly #runtimes: ReadonlyMap<string, Runtime>;
  readonly #dials: (dialler: string, listener: string) => boolean;

  constructor(
    hosts: ProbeHosts,
    runtimes: ReadonlyMap<string, Runtime>,
    dials: (dialler: string, listener: string) => boolean,
  ) {
    this.#hosts = hosts;
    this.#runtimes = runtimes;
    this.#dials = dials;
  }

  async measure(links: readonly FaultLink[], options: DelayOptions): Promise<readonly DelayProbe[]> {
    const asked = links.flatMap(([from, to]): Asked[] => [
      ...(this.#dials(from, to) ? [{ from, to, dialledBy: from }] : []),
      ...(this.#dials(to, from) && !options.isCut(to, from) ? [{ from, to, dialledBy: to }] : []),
    ]);
    const probes: (readonly [at: number, probe: DelayProbe])[] = [];
    const waiting = spread(asked, connectionsMax).entries();
    const work = async () => {
      for (const [at, one] of waiting) probes.push([at, await this.#one(one, options)]);
    };
    await Promise.all(Array.from({ length: atOnceMax }, work));
    return probes.sort(([a], [b]) => a - b).map(([, probe]) => probe);
  }

  async #one(asked: Asked, { bytes, patienceMs }: DelayOptions): Promise<DelayProbe> {
    const { from, to, dialledBy } = asked;
    const listener = dialledBy === from ? to : from;
    const runtime = this.#runtimes.get(dialledBy);
    if (runtime === undefined) throw new Error(`no host named ${dialledBy}`);
    const { network, clock } = runtime;
    const stream = await network
      .connect({ host: listener, port: probePort }, patienceMs)
      .catch(() => undefined);
    if (stream === undefined) return { ...asked, ms: undefined, broke: true };
    return new Promise((resolve) => {
      let startMs = clock.monotonicMs();
      const done = (result: Pick<DelayProbe, 'ms' | 'broke'>) => {
        timer.cancel();
        visitor.forget();
        stream.destroy();
        resolve({ ...asked, ...result });
      };
      const arrived = () => done({ ms: clock.monotonicMs() - startMs });
      const timer = clock.after(patienceMs, () => done({ ms: undefined }));
      let asksHere = dialledBy === to;
      const visitor = this.#hosts.expect(listener, (visited, count) => {
        if (dialledBy === from) {
          if (count >= bytes) arrived();
        } else if (asksHere) {
          asksHere = false;
          startMs = clock.monotonicMs();
          visited.write(Buffer.alloc(bytes));
        }
      });
      let received = 0;
      stream.handle({
        data: (some) => {
          received += some.length;
          if (dialledBy === to && received >= greeting.length + bytes) arrived();
        },
        close: () => done({ ms: undefined, broke: true }),
      });
      stream.write(visitor.name);
      if (dialledBy === from) stream.write(Buffer.alloc(bytes - visitor.name.length));
    });
  }
}
