/** A client that sends one message after the other to whoever is the master, and holds the cluster to what it acknowledged. */
import { deepEqual, equal } from 'node:assert/strict';
import { type BrokerCluster, brokerNames } from '../../../cluster/broker/testing/broker-cluster.ts';

const restMs = 5;
const sendTimeoutMs = 1000;

export class SteadyClient {
  readonly #cluster: BrokerCluster;
  readonly #topic: string;
  #isOver = false;
  readonly acknowledged: { readonly queueOffset: number; readonly body: string }[] = [];
  /** What was refused, or has an unknown fate. */
  readonly failures: string[] = [];

  constructor(cluster: BrokerCluster, topic: string) {
    this.#cluster = cluster;
    this.#topic = topic;
  }

  /** Until `stop`. */
  async run(): Promise<void> {
    for (let count = 0; !this.#isOver; count += 1) {
      const master = this.#cluster.master();
      if (master !== undefined) await this.#send(master, `message ${count}`);
      await new Promise<void>((resolve) => {
        this.#cluster.clientClock.after(restMs, resolve);
      });
    }
  }

  stop(): void {
    this.#isOver = true;
  }

  /** All that was acknowledged is in its place, once, on the master and on every replica. */
  async judge(): Promise<void> {
    const cluster = this.#cluster;
    const bodies = await cluster.pullAll(cluster.master() ?? '', this.#topic);
    const lost = this.acknowledged.filter(({ queueOffset, body }) => bodies[queueOffset] !== body);
    deepEqual(lost, []);
    for (const name of brokerNames) {
      for (let offset = 0; offset < bodies.length; ) {
        const pulled = await cluster.pull(name, this.#topic, offset, { replicaRead: 'true' });
        equal(pulled.code, 0, `${name} at ${offset}: ${pulled.remark}`);
        deepEqual(pulled.bodies, bodies.slice(offset, offset + pulled.bodies.length), name);
        offset = pulled.nextBeginOffset;
      }
    }
  }

  async #send(master: string, body: string): Promise<void> {
    try {
      const response = await this.#cluster.startSend(master, this.#topic, body, { timeoutMs: sendTimeoutMs });
      const queueOffset = Number(response.extFields?.['queueOffset']);
      if (response.code === 0) this.acknowledged.push({ queueOffset, body });
      else this.failures.push(`${body}: code ${response.code} ${response.remark}`);
    } catch (error) {
      this.#cluster.client.closeAddress(`${master}:10911`);
      this.failures.push(`${body}: ${error}`);
    }
  }
}
