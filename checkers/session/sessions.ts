/**
 * What one client may expect of its own operations on a queue, whatever others see: that reads know its writes and what it read before, and that
 * its writes come after what it wrote and read. Linearizability promises all that; this is asked where a run does not ask for so much.
 *
 * One pass, O(1) per operation: a process does one thing at a time.
 */
import type { AnomalyName, CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { seconds } from '../history/interval.ts';
import type { PairedOperation } from '../history/paired-operations.ts';

/** The end of the queue that a session knows of, and from what. */
interface Known {
  readonly end: number;
  readonly index: number;
  readonly at: number;
}

interface Session {
  wrote: Known;
  read: Known;
}

const nothing: Known = { end: 0, index: -1, at: 0 };

export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #found = new AnomalyCollector();
  #judged = 0;

  /** In order of completion, as a history is paired. */
  add({ invoked, done }: PairedOperation): void {
    if (done?.type !== 'ok') return;
    const { index, process } = invoked;
    const { queue } = done.value;
    const key = `${process} ${queue}`;
    const session = this.#sessions.get(key) ?? { wrote: nothing, read: nothing };
    this.#sessions.set(key, session);
    const tell = (name: AnomalyName, what: string, known: Known, knew: string) =>
      this.#found.add({
        name,
        detail: `${queue}: process ${process} ${what} at ${seconds(done.time)}, though it had ${knew} at ${seconds(known.at)}`,
        queue,
        operations: [known.index, index],
      });
    const { wrote, read } = session;
    if (done.f === 'send' && done.value.offset !== undefined) {
      this.#judged += 1;
      const { offset, message } = done.value;
      const what = `got offset ${offset} for "${message}"`;
      if (offset < wrote.end)
        tell('monotonic-writes', what, wrote, `got ${wrote.end - 1} for an earlier one`);
      if (offset < read.end) tell('writes-follow-reads', what, read, `read up to offset ${read.end - 1}`);
      if (offset >= wrote.end) session.wrote = { end: offset + 1, index, at: done.time };
      return;
    }
    let [low, high] = [0, Infinity];
    if (done.f === 'max-offset' && done.value.offset !== undefined) low = high = done.value.offset;
    else if (done.f === 'pull' && done.value.messages !== undefined) {
      for (const [offset] of done.value.messages) low = Math.max(low, offset + 1);
      if (done.value.messages.length === 0) high = done.value.from;
    } else return;
    this.#judged += 1;
    const what = `was told that ${queue} ends at ${high}`;
    if (high < wrote.end) tell('read-your-writes', what, wrote, `got offset ${wrote.end - 1} for a message`);
    if (high < read.end) tell('monotonic-reads', what, read, `read up to offset ${read.end - 1}`);
    if (low > read.end) session.read = { end: low, index, at: done.time };
  }

  result(): CheckResult {
    return this.#found.result(
      'log/sessions',
      `${this.#judged} operations of ${this.#sessions.size} sessions (a process on a queue): each knew its own`,
      { operations: this.#judged, sessions: this.#sessions.size },
      this.#judged === 0 ? 'no operation was answered' : undefined,
    );
  }
}
