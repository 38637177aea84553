/** The extFields of SEND_MESSAGE_V2 as JSON; what is the same for all messages of a topic is put together once. */
import type { OutgoingMessage } from './outgoing-message.ts';

/** The topic whose settings a topic gets that is made by its first message, and how many queues of it. */
export const autoCreateTopicKey = 'TBW102';
export const autoCreateQueueNums = 4;

export class SendTemplate {
  readonly #producerGroup: string;
  readonly #heads = new Map<string, string>();

  constructor(producerGroup: string) {
    this.#producerGroup = producerGroup;
  }

  /** `propertiesJson` is the properties as a JSON string, quotes included. */
  json(
    message: OutgoingMessage,
    queueId: number,
    bornTimestamp: number,
    propertiesJson: string,
    isBatch: boolean,
  ): string {
    const head = this.#heads.get(message.topic) ?? this.#addHead(message.topic);
    return `${head}${queueId}","f":"0","g":"${bornTimestamp}","h":"${message.flag ?? 0}","i":${propertiesJson}${
      isBatch ? ',"j":"0","k":"false","m":"true"}' : ',"j":"0","k":"false","m":"false"}'
    }`;
  }

  #addHead(topic: string): string {
    const names = `{"a":${JSON.stringify(this.#producerGroup)},"b":${JSON.stringify(topic)}`;
    const head = `${names},"c":"${autoCreateTopicKey}","d":"${autoCreateQueueNums}","e":"`;
    this.#heads.set(topic, head);
    return head;
  }
}
