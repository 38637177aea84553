import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { checkLinearizableLog } from './linearizable-log.ts';
import { type Append, batchOf, type LogHistory, type Read } from './log-history.ts';

function anomaliesOf(history: LogHistory): string[] {
  return Object.keys(checkLinearizableLog([history]).anomalyCounts).sort();
}

describe('the linearizable-log checker', () => {
  it('judges queues apart', () => {
    const append = (message: string): Append => ({
      message,
      offset: 0,
      call: 0,
      ret: 1,
      failed: false,
      index: 0,
    });
    const result = checkLinearizableLog([
      { queue: 't/0', appends: [append('a')], reads: [] },
      { queue: 't/1', appends: [append('b')], reads: [] },
    ]);
    assert.equal(result.verdict, 'valid');
  });

  it('agrees with a search over all orders on random small histories', () => {
    fc.assert(
      fc.property(smallHistory, (history) => {
        assert.equal(checkLinearizableLog([history]).verdict === 'valid', isLinearizable(history));
      }),
      { numRuns: 1500, seed: 20261122 },
    );
  });

  it('judges 40,000 operations without being asked twice', () => {
    const appends: Append[] = [];
    const reads: Read[] = [];
    for (let offset = 0; offset < 20_000; offset += 1) {
      const call = offset * 10;
      appends.push({ message: `m${offset}`, offset, call, ret: call + 5, failed: false, index: offset * 2 });
      reads.push({
        kind: 'max-offset',
        offset: offset + 1,
        call: call + 6,
        ret: call + 7,
        index: offset * 2 + 1,
      });
    }
    assert.equal(checkLinearizableLog([{ queue: 't/0', appends, reads }]).verdict, 'valid');
    const last = reads.at(-1);
    assert.ok(last !== undefined);
    reads[reads.length - 1] = { ...last, kind: 'max-offset', offset: 19_999 };
    assert.deepEqual(anomaliesOf({ queue: 't/0', appends, reads }), ['lost-ack-write']);
  });
});

/** Histories near the truth: a real order, with intervals, unknown outcomes and now and then a wrong answer. */
const smallHistory: fc.Arbitrary<LogHistory> = fc
  .record({
    steps: fc.array(
      fc.record({
        kind: fc.constantFrom('append', 'append', 'pull', 'max'),
        before: fc.nat(4),
        after: fc.nat(4),
        unknown: fc.nat(4),
        from: fc.nat(3),
        wrong: fc.nat(12),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  })
  .map(({ steps }) => {
    const log: string[] = [];
    const appends: Append[] = [];
    const reads: Read[] = [];
    for (const [index, step] of steps.entries()) {
      const at = index * 2 + 4;
      const interval = { call: at - step.before, ret: at + step.after, index };
      if (step.kind === 'append') {
        const message = `m${index}`;
        const unknown = step.unknown === 0;
        const happened = !unknown || step.from > 0;
        if (happened) log.push(message);
        const offset = log.length - 1 + (step.wrong === 0 ? 1 : 0);
        appends.push({
          ...interval,
          message,
          offset: unknown ? undefined : offset,
          ret: unknown ? Infinity : interval.ret,
          failed: false,
        });
      } else if (step.kind === 'max') {
        reads.push({
          ...interval,
          kind: 'max-offset',
          offset: Math.max(0, log.length - (step.wrong === 0 ? 1 : 0)),
        });
      } else {
        const from = Math.min(step.from, log.length);
        const messages =
          step.wrong === 0 ? [] : log.slice(from).map((message, k) => [from + k, message] as const);
        reads.push({ ...interval, kind: 'pull', batch: batchOf(from, messages) });
      }
    }
    return { queue: 't/0', appends, reads };
  });

/** Tries every order that respects real time; appends of unknown outcome may be left out. */
function isLinearizable(history: LogHistory): boolean {
  type Step = { readonly call: number; readonly ret: number; readonly append?: Append; readonly read?: Read };
  const steps: Step[] = [
    ...history.appends.map((append) => ({ call: append.call, ret: append.ret, append })),
    ...history.reads.map((read) => ({ call: read.call, ret: read.ret, read })),
  ];
  const search = (left: readonly Step[], log: readonly string[]): boolean => {
    if (left.every((step) => step.ret === Infinity)) return true;
    return left.some((step) => {
      if (left.some((other) => other !== step && other.ret < step.call)) return false;
      const next = apply(step, log);
      return (
        next !== undefined &&
        search(
          left.filter((other) => other !== step),
          next,
        )
      );
    });
  };
  const apply = ({ append, read }: Step, log: readonly string[]): readonly string[] | undefined => {
    if (append !== undefined) {
      return append.offset === undefined || append.offset === log.length
        ? [...log, append.message]
        : undefined;
    }
    if (read === undefined) return log;
    if (read.kind === 'max-offset') return read.offset === log.length ? log : undefined;
    const { from, messages } = read.batch;
    if (messages.length === 0) return log.length <= from ? log : undefined;
    return messages.every((message, at) => log[from + at] === message) ? log : undefined;
  };
  return search(steps, []);
}
