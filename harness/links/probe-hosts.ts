/**
 * The harness's own small server on the probe port of each broker and controller host: it greets whoever connects, and hands those who name
 * themselves to whoever waits for them.
 */
import type { ByteStream, Listener } from '../../cluster/runtime/network.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';
import { type LinkPlan, probePort } from './link-plan.ts';

export const greeting = Buffer.from('here\n');
const tokenBytes = 16;

/** The part of a link plan that probes go by. */
export type ProbePlan = Pick<LinkPlan, 'hosts' | 'directAddress'> & {
  readonly proxies: readonly Pick<LinkPlan['proxies'][number], 'source' | 'destination' | 'port'>[];
};

/** Called whenever bytes of the visitor came, with how many there are by now, its name included. */
export type Visit = (stream: Pick<ByteStream, 'write'>, bytes: number) => void;

export interface Expected {
  /** What the visitor says first. */
  readonly name: Buffer;
  forget(): void;
}

export class ProbeHosts {
  readonly #listeners: Listener[] = [];
  readonly #expected = new Map<string, Visit>();
  #nameCount = 0;

  /** `runtimes`: one per host, with that host's own table. */
  static async open(plan: ProbePlan, runtimes: ReadonlyMap<string, Runtime>): Promise<ProbeHosts> {
    const hosts = new ProbeHosts();
    for (const { name: host, kind } of plan.hosts) {
      const runtime = runtimes.get(host);
      if (kind === 'client' || runtime === undefined) continue;
      const listener = await runtime.network.listen(plan.directAddress(host, probePort), (stream) =>
        hosts.#greet(host, stream),
      );
      hosts.#listeners.push(listener);
    }
    return hosts;
  }

  /** Somebody will come to `host`. */
  expect(host: string, visit: Visit): Expected {
    this.#nameCount += 1;
    const name = String(this.#nameCount).padStart(tokenBytes, '0');
    const key = `${host} ${name}`;
    this.#expected.set(key, visit);
    return { name: Buffer.from(name, 'latin1'), forget: () => this.#expected.delete(key) };
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
  }

  #greet(host: string, stream: ByteStream): void {
    let name = '';
    let count = 0;
    stream.handle({
      data: (bytes) => {
        count += bytes.length;
        if (name.length < tokenBytes)
          name += Buffer.from(bytes).toString('latin1', 0, tokenBytes - name.length);
        if (name.length === tokenBytes) this.#expected.get(`${host} ${name}`)?.(stream, count);
      },
      close: () => undefined,
    });
    stream.write(greeting);
  }
}
