/** Which broker sets hold how many queues of which topic: pure. */

export interface QueueData {
  readonly brokerName: string;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  /** 4 read, 2 write, 1 inherit. */
  readonly perm: number;
  readonly topicSysFlag: number;
}

export type TopicQueueData = Omit<QueueData, 'brokerName'> & { readonly topicName: string };

const permRead = 4;
const permWrite = 2;

export class TopicQueues {
  readonly #topics = new Map<string, Map<string, QueueData>>();

  names(): readonly string[] {
    return [...this.#topics.keys()];
  }

  of(topic: string): readonly QueueData[] {
    return [...(this.#topics.get(topic)?.values() ?? [])];
  }

  put(brokerName: string, topic: TopicQueueData): void {
    const { topicName, readQueueNums, writeQueueNums, perm, topicSysFlag } = topic;
    const queues = this.#topics.get(topicName) ?? new Map<string, QueueData>();
    this.#topics.set(topicName, queues);
    queues.set(brokerName, { brokerName, readQueueNums, writeQueueNums, perm, topicSysFlag });
  }

  /** Topics of the broker set that `keep` does not name. */
  dropOthers(brokerName: string, keep: ReadonlySet<string>): void {
    for (const topic of this.names()) if (!keep.has(topic)) this.drop(topic, brokerName);
  }

  drop(topic: string, brokerName?: string): void {
    const queues = this.#topics.get(topic);
    if (brokerName === undefined) this.#topics.delete(topic);
    else if (queues?.delete(brokerName) === true && queues.size === 0) this.#topics.delete(topic);
  }

  /** Takes the write permission away, or gives it back; returns how many topics the broker set has. */
  setWritable(brokerName: string, isWritable: boolean): number {
    let count = 0;
    for (const queues of this.#topics.values()) {
      const queueData = queues.get(brokerName);
      if (queueData === undefined) continue;
      count += 1;
      // Giving back is RocketMQ's: read and write, nothing else.
      const perm = isWritable ? permRead | permWrite : queueData.perm & ~permWrite;
      queues.set(brokerName, { ...queueData, perm });
    }
    return count;
  }
}
