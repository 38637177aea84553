import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultLink } from '../checkers/history/fault.ts';
import { HealedDelays } from './healed-delays.ts';
import { type DelayProbe, delayProbeBytes, type LinkShape } from './nemesis.ts';
import { TestCluster, testHosts } from './test-cluster.ts';

const one: readonly FaultLink[] = [['n1', 'n2']];
const servers = testHosts.filter(({ kind }) => kind !== 'client').map(({ name }) => name);
const all = testHosts.flatMap(({ name: from }) =>
  servers
    .filter((to) => to !== from)
    .flatMap((to): FaultLink[] => [
      [from, to],
      [to, from],
    ]),
);
const jitter: LinkShape = { latencyMs: 10, jitterMs: 100 };

/** Everything takes 30 to 58 ms there, and more where a shape is left. */
class BusyCluster extends TestCluster {
  readonly asked: { readonly links: number; readonly bytes: number }[] = [];
  readonly left = new Map<string, LinkShape>();
  /** Of these some are as quick as on a quiet machine. */
  lucky: (key: string) => boolean = () => false;
  #count = 0;

  override probeDelays(links: readonly FaultLink[], bytes = delayProbeBytes): Promise<readonly DelayProbe[]> {
    this.asked.push({ links: links.length, bytes });
    return Promise.resolve(
      links.flatMap(([from, to]) => [this.#probe(from, to, from, bytes), this.#probe(from, to, to, bytes)]),
    );
  }

  #probe(from: string, to: string, dialledBy: string, bytes: number): DelayProbe {
    this.#count += 1;
    const key = `${from}>${to}`;
    // What the dialler says has to wait for the proxy's own connection.
    const noiseMs =
      this.lucky(key) && (this.#count + this.asked.length) % 3 === 0
        ? 2
        : (dialledBy === from ? 100 : 30) + ((this.#count * 11) % 29);
    const { latencyMs = 0, jitterMs = 0, bytesPerMs } = this.left.get(key) ?? {};
    const luckMs = ((this.#count * 7) % 11) * (jitterMs / 10);
    return { from, to, dialledBy, ms: noiseMs + latencyMs + luckMs + bytes / (bytesPerMs ?? Infinity) };
  }
}

async function asks(cluster: BusyCluster, links: readonly FaultLink[], shape: LinkShape, most = 30) {
  const healed = new HealedDelays(cluster, links, shape);
  for (let count = 1; count <= most; count += 1) if ((await healed.ask()).proven) return count;
  return undefined;
}

describe('links that had a shape', () => {
  it('are healed when they are quicker than it, asked once and for no more than that', async () => {
    const cluster = new BusyCluster();
    // As quick as this is nothing with that shape.
    assert.equal(await asks(cluster, one, { latencyMs: 200 }), 1);
    assert.deepEqual(cluster.asked, [{ links: 1, bytes: delayProbeBytes }]);
  });

  it('are healed, too, when on a busy machine they are as late as links that had none', async () => {
    const cluster = new BusyCluster();
    const count = await asks(cluster, one, jitter);
    // Not at the first look, since a few times are luck; several tries at each, beside links that had no shape.
    assert.ok(count !== undefined && count > 2, String(count));
    assert.equal(cluster.asked.at(-1)?.links, 6 + 2 * 6);
  });

  it('are not taken for healed while they have it', async () => {
    const cluster = new BusyCluster();
    cluster.left.set('n1>n2', jitter);
    assert.equal(await asks(cluster, one, jitter), undefined);
  });

  it('are compared with those of them that are healed for certain, where all had it', async () => {
    const cluster = new BusyCluster();
    cluster.lucky = (key) => key < 'n1>w' && key > 'n1>c';
    assert.ok((await asks(cluster, all, jitter)) !== undefined);
    cluster.left.set('n3>n2', jitter);
    assert.equal(await asks(cluster, all, jitter), undefined);
  });

  it('prove nothing where nobody is there to compare them with', async () => {
    assert.equal(await asks(new BusyCluster(), all, jitter), undefined);
  });

  it('are asked for more where they were narrow, so that nothing else is as late', async () => {
    const cluster = new BusyCluster();
    const narrow = { bytesPerMs: 100 };
    assert.equal(await asks(cluster, all, narrow), 2);
    assert.equal(cluster.asked.at(-1)?.bytes, 20_000);
    cluster.left.set('n3>n2', narrow);
    assert.equal(await asks(cluster, all, narrow), undefined);
  });
});
