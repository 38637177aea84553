/** Pulls at the end of their queue, kept without an answer until a message arrives or their time is over. Pure. */

export interface HeldPull {
  readonly channelId: number;
  readonly topic: string;
  readonly queueId: number;
  /** The offset it waits for. */
  readonly queueOffset: number;
  /** On the monotonic clock. */
  readonly deadlineMs: number;
  /** Undefined: every message wakes it. */
  readonly tagsCodes: ReadonlySet<number> | undefined;
}

export class HeldPulls<Pull extends HeldPull> {
  readonly #byQueue = new Map<string, Set<Pull>>();
  readonly #countMax: number;
  #count = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  count(): number {
    return this.#count;
  }

  /** Returns false when there are too many already: the caller answers at once. */
  hold(pull: Pull): boolean {
    if (this.#count >= this.#countMax) return false;
    const key = queueKey(pull.topic, pull.queueId);
    const pulls = this.#byQueue.get(key);
    if (pulls === undefined) this.#byQueue.set(key, new Set([pull]));
    else pulls.add(pull);
    this.#count += 1;
    return true;
  }

  /** Takes out the pulls that a message with `tagsCode`, now the last of its queue, wakes. */
  takeWoken(topic: string, queueId: number, queueMaxOffset: number, tagsCode: number): readonly Pull[] {
    const pulls = this.#byQueue.get(queueKey(topic, queueId));
    if (pulls === undefined) return [];
    return this.#takeFrom(
      pulls,
      (pull) =>
        pull.queueOffset < queueMaxOffset && (pull.tagsCodes === undefined || pull.tagsCodes.has(tagsCode)),
    );
  }

  takeExpired(nowMs: number): readonly Pull[] {
    return this.#takeWhere((pull) => pull.deadlineMs <= nowMs);
  }

  takeOfChannel(channelId: number): readonly Pull[] {
    return this.#takeWhere((pull) => pull.channelId === channelId);
  }

  takeAll(): readonly Pull[] {
    return this.#takeWhere(() => true);
  }

  /** Undefined when none is held. */
  earliestDeadlineMs(): number | undefined {
    let earliest: number | undefined;
    for (const pulls of this.#byQueue.values()) {
      for (const pull of pulls) {
        if (earliest === undefined || pull.deadlineMs < earliest) earliest = pull.deadlineMs;
      }
    }
    return earliest;
  }

  #takeWhere(wanted: (pull: Pull) => boolean): readonly Pull[] {
    const taken: Pull[] = [];
    for (const pulls of [...this.#byQueue.values()]) taken.push(...this.#takeFrom(pulls, wanted));
    return taken;
  }

  #takeFrom(pulls: Set<Pull>, wanted: (pull: Pull) => boolean): readonly Pull[] {
    const taken: Pull[] = [];
    for (const pull of pulls) {
      if (!wanted(pull)) continue;
      pulls.delete(pull);
      this.#count -= 1;
      taken.push(pull);
      if (pulls.size === 0) this.#byQueue.delete(queueKey(pull.topic, pull.queueId));
    }
    return taken;
  }
}

function queueKey(topic: string, queueId: number): string {
  return `${queueId}@${topic}`;
}
