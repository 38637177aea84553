/** Asks the master of a queue, and asks again, its successor too, until there is an answer or the time is over. */
import type { OutgoingRequest } from '../remoting/channel.ts';
import type { RemotingClient } from '../remoting/remoting-client.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { RemotingError } from '../remoting/remoting-error.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { chooseQueue } from './queue-choice.ts';
import { isServedElsewhere, type ReadFailure } from './read-outcome.ts';
import type { RouteCache } from './route-cache.ts';
import { responseReason } from './send-outcome.ts';
import { masterAddress } from './topic-route.ts';

export interface QueueName {
  readonly topic: string;
  readonly queueId: number;
  /** Absent: the first broker that has the queue. */
  readonly brokerName?: string;
}

export interface ReadPlan {
  readonly request: OutgoingRequest;
  readonly timeoutMs: number;
  /** Of one attempt. */
  readonly attemptTimeoutMs: number;
  /** Asks this address, once, instead of the master. */
  readonly only?: string;
}

export type ReadAnswer = {
  readonly kind: 'answer';
  readonly response: RemotingCommand;
  readonly address: string;
};

export class MasterReader {
  readonly #runtime: Runtime;
  readonly #client: RemotingClient;
  readonly #routes: RouteCache;

  constructor(runtime: Runtime, client: RemotingClient, routes: RouteCache) {
    this.#runtime = runtime;
    this.#client = client;
    this.#routes = routes;
  }

  /** Never rejects. An answer may carry any code but those that send the reader elsewhere. */
  async read(queue: QueueName, plan: ReadPlan): Promise<ReadAnswer | ReadFailure> {
    if (plan.only !== undefined) return this.#attempt(plan.only, plan, plan.timeoutMs);
    const { clock } = this.#runtime;
    const deadlineMs = clock.monotonicMs() + plan.timeoutMs;
    if ((await this.#routes.load(queue.topic, deadlineMs)) === undefined) {
      return failure(`no nameserver knows a route of topic "${queue.topic}"`);
    }
    for (;;) {
      const route = this.#routes.get(queue.topic);
      const brokerName = route === undefined ? undefined : chooseQueue(route, queue, 0)?.brokerName;
      if (brokerName === undefined) return failure(`topic "${queue.topic}" has no queue ${queue.queueId}`);
      const address = masterAddress(route, brokerName);
      const leftMs = deadlineMs - clock.monotonicMs();
      const outcome =
        address === undefined
          ? failure(`${brokerName} has no master at present`)
          : await this.#attempt(address, plan, Math.min(leftMs, plan.attemptTimeoutMs));
      const isFinal =
        outcome.kind === 'answer' || (outcome.code !== undefined && !isServedElsewhere(outcome.code));
      if (outcome.kind === 'answer' && address !== undefined) this.#routes.trust(brokerName, address);
      if (isFinal || clock.monotonicMs() >= deadlineMs) return outcome;
      await this.#routes.afterFailure(queue.topic, brokerName, address, deadlineMs);
      if (clock.monotonicMs() >= deadlineMs) return outcome;
    }
  }

  async #attempt(address: string, plan: ReadPlan, timeoutMs: number): Promise<ReadAnswer | ReadFailure> {
    try {
      const response = await this.#client.request(address, plan.request, timeoutMs);
      if (!isServedElsewhere(response.code)) return { kind: 'answer', response, address };
      return failure(responseReason(response.code, response.remark), response.code, address);
    } catch (error) {
      if (!(error instanceof RemotingError)) throw error;
      return failure(`${error.kind}: ${error.message}`, undefined, address);
    }
  }
}

export function failure(reason: string, code?: number, address?: string): ReadFailure {
  return {
    kind: 'fail',
    definite: true,
    reason,
    ...(code === undefined ? undefined : { code }),
    ...(address === undefined ? undefined : { address }),
  };
}
