import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkOperations } from '../check.ts';
import type { Progress } from '../check-options.ts';
import type { Model } from '../model.ts';
import { kv } from '../models/kv.ts';
import type { Operation } from '../operation.ts';

/** So many concurrent appends that no order of them can be excluded quickly, and a get that none explains. */
function hopeless(key: string, appends: number): Operation<never, never>[] {
  const history: Operation[] = Array.from({ length: appends }, (_, at) => ({
    input: { f: 'append', key, value: `${at},` },
    call: 0,
    return: 100,
  }));
  return [...history, { input: { f: 'get', key }, output: 'x', call: 200, return: 201 }] as Operation<
    never,
    never
  >[];
}

const model = kv() as Model<unknown, never, never>;

describe('a check that would take for ever', () => {
  it('is unknown for want of time', () => {
    const { verdict, reason, partitions } = checkOperations(model, hopeless('a', 40), { timeoutMs: 1 });
    assert.deepEqual(
      [verdict, reason, partitions.map((part) => part.verdict)],
      ['unknown', 'timeout', ['unknown']],
    );
  });

  it('stops in the step in which the time is over, and tells the step so', () => {
    let steps = 0;
    let told = false;
    const slow: Model<unknown, never, never> = {
      name: 'slow',
      init: () => 0,
      step(state, _input, _output, context) {
        steps += 1;
        while (!context.expired());
        told = context.expired();
        return (state as number) + 1;
      },
    };
    for (const engine of ['fast', 'compat'] as const) {
      steps = 0;
      const { verdict, reason } = checkOperations(slow, hopeless('a', 40), { timeoutMs: 1, engine });
      assert.deepEqual([verdict, reason, steps, told], ['unknown', 'timeout', 1, true]);
    }
  });

  it('is unknown for want of memory, or of steps, and says how far it came', () => {
    const memory = checkOperations(model, hopeless('a', 40), { memoryBytesMax: 3_000_000 });
    assert.deepEqual([memory.verdict, memory.reason], ['unknown', 'memory']);
    assert.ok(memory.memoryBytes < 20_000_000, `${memory.memoryBytes} bytes`);
    const steps = checkOperations(model, hopeless('a', 40), { stepsMax: 10_000 });
    assert.deepEqual([steps.verdict, steps.reason, steps.steps < 50_000], ['unknown', 'steps', true]);
    assert.equal(steps.partitions[0]?.linearizations[0]?.length, 40);
  });

  it('ends when its caller has had enough, before it begins or from a progress report', () => {
    const aborted = checkOperations(model, hopeless('a', 40), { signal: AbortSignal.abort() });
    assert.deepEqual([aborted.verdict, aborted.reason, aborted.steps], ['unknown', 'aborted', 0]);
    const controller = new AbortController();
    const reports: Progress[] = [];
    const onProgress = (progress: Progress) => {
      reports.push(progress);
      controller.abort();
    };
    const { verdict, reason } = checkOperations(model, hopeless('a', 40), {
      signal: controller.signal,
      onProgress,
    });
    assert.deepEqual([verdict, reason, reports.length], ['unknown', 'aborted', 1]);
    assert.deepEqual([reports[0]?.partitions, reports[0]?.partitionsDone], [1, 0]);
    assert.ok((reports[0]?.steps ?? 0) > 0);
  });

  it('ends all the same when another key is illegal', () => {
    const stale = [
      { input: { f: 'get', key: 'b' }, output: 'x', call: 0, return: 1 },
    ] as unknown as Operation<never, never>[];
    const { verdict, partitions } = checkOperations(model, [...hopeless('a', 40), ...stale]);
    assert.equal(verdict, 'illegal');
    assert.deepEqual(
      partitions.map((part) => [part.key, part.verdict]),
      [
        ['a', 'unknown'],
        ['b', 'illegal'],
      ],
    );
  });
});
