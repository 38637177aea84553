/** The log workload's clients, over the project's own client library. */
import { Admin } from '../../cluster/client/admin.ts';
import { Producer } from '../../cluster/client/producer.ts';
import { PullConsumer } from '../../cluster/client/pull-consumer.ts';
import type { PullOutcome, ReadFailure } from '../../cluster/client/read-outcome.ts';
import type { SendOutcome } from '../../cluster/client/send-outcome.ts';
import { parseMessageId } from '../../cluster/message/message-id.ts';
import { RemotingClient } from '../../cluster/remoting/remoting-client.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';
import type { ClientHabit, Host } from '../../nemeses/nemesis.ts';
import { type Cluster, ports } from '../deployment/deployment.ts';
import type { LogClient, Outcome, PulledMessages, StoredAt } from '../workload/log-client.ts';
import { awaitCondition } from './await-condition.ts';

/** A process that waits longer learns nothing more, and does nothing else meanwhile. */
const operationTimeoutMs = 2000;
const attemptTimeoutMs = 800;
const connectTimeoutMs = 400;
const group = 'jepsen';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `host`: a client host with its habit; undefined: the observer, past all links, who follows the route. */
export function openLogClient(cluster: Cluster, host: Host | undefined, topic: string): LogClient {
  const options = { topic, nameservers: cluster.nameServers.split(';') };
  if (host === undefined) return logClientOver({ runtime: cluster.observer, ...options }, 'follows-route');
  const remote = cluster.openLogClient?.(host, topic);
  return remote ?? logClientOver({ runtime: cluster.runtimeFor(host.name), ...options }, host.habit);
}

/** Of this process, wherever it runs. */
export function logClientOver(options: LogClientOptions, habit: ClientHabit | undefined): LogClient {
  return habit === 'keeps-node' ? new KeepsNodeClient(options) : new FollowsRouteClient(options);
}

/** Reads from one replica alone, whatever its role; sends nothing. */
export function openReplicaClient(cluster: Cluster, node: string, topic: string): LogClient {
  const options = { runtime: cluster.observer, topic, nameservers: cluster.nameServers.split(';') };
  return new FollowsRouteClient(options, { replica: `${node}:${ports.broker}` });
}

export async function createTopic(
  cluster: Cluster,
  topic: string,
  queues: number,
  limitMs: number,
): Promise<void> {
  const admin = new Admin(cluster.observer, { nameservers: cluster.nameServers.split(';') });
  try {
    await awaitCondition(`topic ${topic}`, { clock: cluster.observer.clock, limitMs }, async () => {
      try {
        const made = await admin.createTopic({ topic, queueNums: queues });
        return made.length > 0 ? undefined : 'no nameserver knows a master yet';
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    });
  } finally {
    admin.stop();
  }
}

export interface LogClientOptions {
  readonly runtime: Runtime;
  readonly topic: string;
  readonly nameservers: readonly string[];
}

class FollowsRouteClient implements LogClient {
  readonly #topic: string;
  readonly #remoting: RemotingClient;
  readonly #producer: Producer;
  readonly #consumer: PullConsumer;
  readonly #replica: { readonly replica: string } | undefined;

  constructor({ runtime, topic, nameservers }: LogClientOptions, replica?: { readonly replica: string }) {
    this.#topic = topic;
    this.#replica = replica;
    this.#remoting = new RemotingClient(runtime, { connectTimeoutMs });
    const shared = { nameservers, client: this.#remoting };
    const sendTimeoutMs = operationTimeoutMs;
    this.#producer = new Producer(runtime, {
      ...shared,
      producerGroup: group,
      sendTimeoutMs,
      retryUnknown: false,
    });
    const timeouts = { readTimeoutMs: operationTimeoutMs, attemptTimeoutMs };
    this.#consumer = new PullConsumer(runtime, { ...shared, ...timeouts, consumerGroup: group });
  }

  async send(queueId: number, message: string): Promise<Outcome<StoredAt>> {
    return sent(
      await this.#producer.sendSync({ topic: this.#topic, queueId, body: encoder.encode(message) }),
    );
  }

  async pull(queueId: number, from: number, countMax: number): Promise<Outcome<PulledMessages>> {
    const options = { maxMessages: countMax, ...this.#replica };
    return pulled(await this.#consumer.pull({ topic: this.#topic, queueId }, from, options));
  }

  async maxOffset(queueId: number): Promise<Outcome<{ readonly offset: number }>> {
    const outcome = await this.#consumer.maxOffset({ topic: this.#topic, queueId }, { ...this.#replica });
    if (outcome.kind === 'fail') return failed(outcome);
    return { kind: 'ok', value: { offset: outcome.offset }, node: hostOf(outcome.address) };
  }

  close(): Promise<void> {
    this.#producer.stop();
    this.#consumer.stop();
    this.#remoting.stop();
    return Promise.resolve();
  }
}

/**
 * Stays with the broker it knows, through silence and time-outs, until that broker itself says that it does not serve: the kind of client that
 * finds out what a deposed master still answers.
 */
class KeepsNodeClient implements LogClient {
  readonly #options: LogClientOptions;
  readonly #remoting: RemotingClient;
  readonly #finder: PullConsumer;
  #known: { readonly producer: Producer; readonly consumer: PullConsumer } | undefined;
  #finding: Promise<void> | undefined;

  constructor(options: LogClientOptions) {
    this.#options = options;
    const { runtime, nameservers } = options;
    this.#remoting = new RemotingClient(runtime, { connectTimeoutMs });
    const timeouts = { readTimeoutMs: operationTimeoutMs, attemptTimeoutMs };
    this.#finder = new PullConsumer(runtime, {
      ...timeouts,
      nameservers,
      consumerGroup: group,
      client: this.#remoting,
    });
  }

  async send(queueId: number, message: string): Promise<Outcome<StoredAt>> {
    const { topic } = this.#options;
    const known = await this.#node();
    if (known === undefined) return noNode;
    const outcome = await known.producer.sendSync({ topic, queueId, body: encoder.encode(message) });
    if (outcome.kind === 'fail' && outcome.code !== undefined) this.#forget(known);
    return sent(outcome);
  }

  async pull(queueId: number, from: number, countMax: number): Promise<Outcome<PulledMessages>> {
    const { topic } = this.#options;
    const known = await this.#node();
    if (known === undefined) return noNode;
    const outcome = await known.consumer.pull({ topic, queueId }, from, { maxMessages: countMax });
    if (outcome.kind === 'fail' && outcome.code !== undefined) this.#forget(known);
    return pulled(outcome);
  }

  async maxOffset(queueId: number): Promise<Outcome<{ readonly offset: number }>> {
    const { topic } = this.#options;
    const known = await this.#node();
    if (known === undefined) return noNode;
    const outcome = await known.consumer.maxOffset({ topic, queueId });
    if (outcome.kind === 'ok')
      return { kind: 'ok', value: { offset: outcome.offset }, node: hostOf(outcome.address) };
    if (outcome.code !== undefined) this.#forget(known);
    return failed(outcome);
  }

  close(): Promise<void> {
    this.#finder.stop();
    this.#forget(this.#known);
    this.#remoting.stop();
    return Promise.resolve();
  }

  async #node(): Promise<{ readonly producer: Producer; readonly consumer: PullConsumer } | undefined> {
    if (this.#known === undefined) {
      this.#finding ??= this.#find().finally(() => {
        this.#finding = undefined;
      });
      await this.#finding;
    }
    return this.#known;
  }

  /** A broker that answers a question about the tail is one that serves. */
  async #find(): Promise<void> {
    const { runtime, nameservers, topic } = this.#options;
    const found = await this.#finder.minOffset({ topic, queueId: 0 });
    if (found.kind === 'fail') return;
    const shared = { nameservers, client: this.#remoting, stickTo: found.address };
    const timeouts = { readTimeoutMs: operationTimeoutMs, attemptTimeoutMs: operationTimeoutMs };
    this.#known = {
      producer: new Producer(runtime, {
        ...shared,
        producerGroup: group,
        sendTimeoutMs: operationTimeoutMs,
        retryUnknown: false,
      }),
      consumer: new PullConsumer(runtime, { ...shared, ...timeouts, consumerGroup: group }),
    };
  }

  #forget(known: { readonly producer: Producer; readonly consumer: PullConsumer } | undefined): void {
    if (known === undefined || this.#known !== known) return;
    this.#known = undefined;
    known.producer.stop();
    known.consumer.stop();
  }
}

const noNode = { kind: 'fail', error: 'no broker that serves is known' } as const;

function sent(outcome: SendOutcome): Outcome<StoredAt> {
  const node = outcome.address === undefined ? {} : { node: hostOf(outcome.address) };
  switch (outcome.kind) {
    case 'ok': {
      const physicalOffset = parseMessageId(outcome.offsetMessageId)?.physicalOffset;
      const place = physicalOffset === undefined ? {} : { physicalOffset };
      return { kind: 'ok', value: { offset: outcome.queueOffset, ...place }, ...node };
    }
    case 'fail':
      return { kind: 'fail', error: outcome.reason, ...node };
    case 'unknown':
      return { kind: 'info', error: outcome.reason, ...node };
    default:
      return outcome satisfies never;
  }
}

function pulled(outcome: PullOutcome): Outcome<PulledMessages> {
  if (outcome.kind === 'fail') return failed(outcome);
  const node = hostOf(outcome.address);
  if (outcome.status === 'NO_MATCHED_MSG')
    return { kind: 'fail', error: 'the broker asks to pull again', node };
  const messages = outcome.messages.map(
    ({ queueOffset, body }) => [queueOffset, decoder.decode(body)] as const,
  );
  return { kind: 'ok', value: { messages }, node };
}

function failed(failure: ReadFailure): {
  readonly kind: 'fail';
  readonly error: string;
  readonly node?: string;
} {
  const node = failure.address === undefined ? {} : { node: hostOf(failure.address) };
  return { kind: 'fail', error: failure.reason, ...node };
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':'));
}
