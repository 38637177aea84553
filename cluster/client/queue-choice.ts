/** Which queue a message goes to. */
import { masterAddress, permWrite, type TopicRoute } from './topic-route.ts';

export interface QueueChoice {
  readonly brokerName: string;
  readonly queueId: number;
}

/** Undefined when the topic has no such queue. */
export function chooseQueue(
  route: TopicRoute,
  wanted: { readonly queueId?: number; readonly brokerName?: string },
  turn: number,
): QueueChoice | undefined {
  const { queueId, brokerName } = wanted;
  if (queueId !== undefined) {
    const broker = route.brokers.find(
      (candidate) =>
        queueId < Math.max(candidate.writeQueueNums, candidate.readQueueNums) &&
        (brokerName === undefined || candidate.brokerName === brokerName),
    );
    return broker === undefined ? undefined : { brokerName: broker.brokerName, queueId };
  }
  const writable = writableQueues(route, brokerName);
  return writable[turn % writable.length];
}

/** Queues in the order of their ids, brokers by turns; only of brokers with a master where there are some. */
function writableQueues(route: TopicRoute, brokerName: string | undefined): readonly QueueChoice[] {
  const known = cache.get(route);
  if (known !== undefined && brokerName === undefined) return known;
  const brokers = route.brokers.filter(
    (broker) =>
      (broker.perm & permWrite) !== 0 && (brokerName === undefined || broker.brokerName === brokerName),
  );
  const mastered = brokers.filter((broker) => masterAddress(route, broker.brokerName) !== undefined);
  const queues = (mastered.length > 0 ? mastered : brokers).flatMap((broker) =>
    Array.from({ length: broker.writeQueueNums }, (_, queueId) => ({
      brokerName: broker.brokerName,
      queueId,
    })),
  );
  queues.sort((left, right) => left.queueId - right.queueId);
  if (brokerName === undefined) cache.set(route, queues);
  return queues;
}

/** A route never changes, so its queues are listed once. */
const cache = new WeakMap<TopicRoute, readonly QueueChoice[]>();
