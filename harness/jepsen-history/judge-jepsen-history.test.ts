import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CheckResult } from '../../checkers/anomaly.ts';
import { UsageError } from '../usage-error.ts';
import { jepsenPairs } from './jepsen-operations.ts';
import { jepsenJudges } from './judge-jepsen-history.ts';

const fixtures = 'harness/jepsen-history/fixtures';

function judgeLines(...lines: readonly string[]): Record<string, CheckResult> {
  return judged(jepsenJudges('h.edn', jepsenPairs('h.edn', lines)));
}

function judged({ checks, onRequest }: ReturnType<typeof jepsenJudges>): Record<string, CheckResult> {
  const all = { ...checks, ...onRequest };
  return Object.fromEntries(Object.entries(all).map(([name, check]) => [name, check()]));
}

const op = (type: string, f: string, value: string, process: number, time: number) =>
  `{:type :${type}, :f :${f}, :value ${value}, :process ${process}, :time ${time}}`;
const sent = (process: number, key: number, value: number, offset: number, time: number) => [
  op('invoke', 'send', `[[:send ${key} ${value}]]`, process, time),
  op('ok', 'send', `[[:send ${key} [${offset} ${value}]]]`, process, time + 1),
];
const polled = (process: number, got: string, time: number) => [
  op('invoke', 'poll', '[[:poll]]', process, time),
  op('ok', 'poll', `[[:poll {${got}}]]`, process, time + 1),
];

describe('a history of Jepsen', () => {
  it('of a kafka workload is judged as logs: a message that was jumped over is lost', () => {
    const path = `${fixtures}/kafka-lost.edn`;
    const judges = jepsenJudges(path, jepsenPairs(path));
    assert.deepEqual([judges.shape, judges.operations], ['kafka', 4]);
    const results = judged(judges);
    assert.deepEqual(results['log/lost']?.anomalyCounts, { 'lost-ack-write': 1 });
    assert.deepEqual(results['log/lost']?.anomalies[0]?.messages, ['2']);
    assert.deepEqual(results['log/lost']?.anomalies[0]?.operations, [4]);
    assert.deepEqual(results['log/linearizable']?.anomalyCounts, { 'pull-skip': 1 });
  });

  it('may have holes where nothing was ever stored', () => {
    const results = judgeLines(
      ...sent(0, 5, 1, 10, 0),
      ...sent(0, 5, 2, 17, 10),
      ...polled(1, '5 [[10 1] [17 2]]', 20),
    );
    assert.deepEqual(
      Object.values(results).map(({ verdict }) => verdict),
      ['valid', 'valid', 'valid'],
    );
  });

  it('shows aborted reads, clashes of offsets, duplicates, and sends out of order', () => {
    const failed = [op('invoke', 'send', '[[:send 5 9]]', 3, 0), op('fail', 'send', '[[:send 5 9]]', 3, 1)];
    const content = (...lines: readonly string[]) => judgeLines(...lines)['log/linearizable']?.anomalyCounts;
    assert.deepEqual(content(...failed, ...polled(1, '5 [[0 9]]', 20)), { 'aborted-read': 1 });
    assert.deepEqual(content(...sent(0, 5, 1, 0, 0), ...sent(0, 5, 2, 0, 10)), { 'offset-divergence': 1 });
    assert.deepEqual(content(...sent(0, 5, 1, 0, 0), ...polled(1, '5 [[0 1] [1 1]]', 20)), {
      'duplicate-message': 1,
    });
    const sessions = judgeLines(...sent(0, 5, 1, 1, 0), ...sent(0, 5, 2, 0, 10))['log/sessions'];
    assert.deepEqual(sessions?.anomalyCounts, { 'monotonic-writes': 1 });
  });

  it('of a queue workload is judged by what was enqueued, taken and drained', () => {
    const path = `${fixtures}/queue-ok.edn`;
    const judges = jepsenJudges(path, jepsenPairs(path));
    const { 'queue/total': total, 'queue/fifo': fifo } = judged(judges);
    assert.equal(total?.verdict, 'valid');
    assert.deepEqual(total?.facts, { acknowledged: 1, recovered: 1, duplicates: 0, deliveries: 2 });
    assert.equal(fifo?.verdict, 'valid');
  });

  it('of a queue that was not drained is unknown; a value that never came is lost after a drain', () => {
    const enqueued = [op('invoke', 'enqueue', '1', 0, 0), op('ok', 'enqueue', '1', 0, 1)];
    assert.equal(judgeLines(...enqueued)['queue/total']?.verdict, 'unknown');
    const drained = [op('invoke', 'drain', 'nil', 0, 10), op('ok', 'drain', '[]', 0, 11)];
    assert.deepEqual(judgeLines(...enqueued, ...drained)['queue/total']?.anomalyCounts, {
      'lost-message': 1,
    });
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['a line that is no map', '(1 2 3)', /h\.edn:1: wanted one operation map, as in .*, got "\(1 2 3\)"/],
    ['a map that does not end', '{:type :invoke', /h\.edn:1: wanted one operation map/],
    ['a vector of operations', '[{:type :invoke}]', /a line of its own; this file begins a vector/],
    [
      'a type that there is not',
      op('done', 'send', '1', 0, 0),
      /wanted one of invoke, ok, fail, info as :type, got :done/,
    ],
    [
      'a completion of nothing',
      op('ok', 'send', '1', 0, 0),
      /h\.edn:1: process 0 completes what it never invoked/,
    ],
    [
      'a micro-operation that there is not',
      op('invoke', 'txn', '[[:append 1 2]]', 0, 0),
      /operation 0: wanted \[:send k v\]/,
    ],
    [
      'another workload',
      op('invoke', 'cas', '[1 2]', 0, 0),
      /wanted the history of one of the workloads kafka .* got :cas/,
    ],
    ['no operation at all', '', /got no client operations at all/],
  ];
  for (const [what, line, message] of refused) {
    it(`is refused for ${what}, and the error names it`, () => {
      assert.throws(
        () => judgeLines(line),
        (error: Error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});
