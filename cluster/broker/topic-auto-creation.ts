/** Topics made by a send: one change in the log for all sends that wait for the same topic. */
import { ResponseCode } from '../remoting/response-code.ts';
import { permInherit, type TopicConfig, topicConfigOf, topicNameFault } from './topic-config.ts';
import type { TopicChangeAnswer, TopicConfigLog } from './topic-config-log.ts';

type Done = (answer: TopicChangeAnswer) => void;

/** Each waits with its message in memory. */
const waitingSendsMax = 1024;

export class TopicAutoCreation {
  readonly #topics: TopicConfigLog;
  readonly #waiting = new Map<string, Done[]>();
  #waitingCount = 0;

  constructor(topics: TopicConfigLog) {
    this.#topics = topics;
  }

  create(
    wanted: { readonly topic: string; readonly defaultTopicQueueNums: number },
    template: TopicConfig,
    done: Done,
  ): void {
    const fault = topicNameFault(wanted.topic);
    if (fault !== undefined) {
      done({ code: ResponseCode.INVALID_PARAMETER, remark: fault });
      return;
    }
    if (this.#waitingCount >= waitingSendsMax) {
      done({
        code: ResponseCode.SYSTEM_BUSY,
        remark: `${this.#waitingCount} sends wait for new topics already`,
      });
      return;
    }
    this.#waitingCount += 1;
    const waiting = this.#waiting.get(wanted.topic);
    if (waiting !== undefined) {
      waiting.push(done);
      return;
    }
    this.#waiting.set(wanted.topic, [done]);
    this.#topics.change({ kind: 'put', config: configFrom(wanted, template) }, (answer) => {
      const all = this.#waiting.get(wanted.topic) ?? [];
      this.#waiting.delete(wanted.topic);
      this.#waitingCount -= all.length;
      for (const one of all) one(answer);
    });
  }
}

function configFrom(
  wanted: { readonly topic: string; readonly defaultTopicQueueNums: number },
  template: TopicConfig,
): TopicConfig {
  const queueNums = Math.max(1, Math.min(wanted.defaultTopicQueueNums, template.writeQueueNums));
  return topicConfigOf(wanted.topic, {
    readQueueNums: queueNums,
    writeQueueNums: queueNums,
    perm: template.perm & ~permInherit,
    topicFilterType: template.topicFilterType,
    topicSysFlag: template.topicSysFlag,
  });
}
