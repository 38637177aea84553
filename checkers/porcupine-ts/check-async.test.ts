import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkOperations } from './check.ts';
import { checkOperationsAsync } from './check-async.ts';
import type { Model } from './model.ts';
import { kv } from './models/kv.ts';
import type { Operation } from './operation.ts';
import { SeededRandom } from './testing/random.ts';
import { randomHistory } from './testing/random-history.ts';
import { stuckModel } from './testing/stuck-model.ts';
import { type Subject, subjects } from './testing/subjects.ts';

const model = kv() as Model;
const stick = (input: string): Operation<string, unknown> => ({
  input,
  output: undefined,
  call: 0,
  return: 1,
});

/** Many keys, legal ones and illegal ones, in one history. */
function manyKeys(): Operation[] {
  const subject = subjects.find(({ name }) => name === 'kv') as Subject;
  return Array.from({ length: 40 }, (_, key) =>
    randomHistory(subject, new SeededRandom(key)).map((operation) => {
      const input = operation.input as { key: string };
      return { ...operation, input: { ...input, key: `${key}${input.key}` } };
    }),
  ).flat();
}

describe('a check in workers', () => {
  it('finds what the same check finds in this thread, key for key', async () => {
    const history = manyKeys();
    const alone = checkOperations(model, history, { verbose: true });
    const plain = (result: typeof alone) =>
      result.partitions.map(({ verdict, key, operations, linearizations }) => ({
        verdict,
        key,
        operations,
        linearizations,
      }));
    assert.deepEqual(new Set(plain(alone).map(({ verdict }) => verdict)), new Set(['ok', 'illegal']));
    for (const workers of [0, 2]) {
      const result = await checkOperationsAsync(model, history, { verbose: true, workers });
      assert.deepEqual([result.verdict, result.steps], [alone.verdict, alone.steps]);
      assert.deepEqual(plain(result), plain(alone));
    }
  });

  it('keeps its timeout though a step never ends', async () => {
    const { verdict, reason } = await checkOperationsAsync(stuckModel, [stick('stick')], {
      workers: 1,
      timeoutMs: 200,
    });
    assert.deepEqual([verdict, reason], ['unknown', 'timeout']);
  });

  it('is stopped by the first illegal key, though another one never ends', async () => {
    const result = await checkOperationsAsync(stuckModel, [stick('stick'), stick('wrong')], { workers: 2 });
    assert.deepEqual(
      [result.verdict, result.partitions.map(({ key, verdict }) => [key, verdict])],
      [
        'illegal',
        [
          ['stick', 'unknown'],
          ['wrong', 'illegal'],
        ],
      ],
    );
  });

  it('is stopped by its caller', async () => {
    const controller = new AbortController();
    const running = checkOperationsAsync(stuckModel, [stick('stick')], {
      workers: 1,
      signal: controller.signal,
    });
    controller.abort();
    const { verdict, reason } = await running;
    assert.deepEqual([verdict, reason], ['unknown', 'aborted']);
  });

  it('says what is missing when a worker cannot build the model', async () => {
    const { source: _, ...nameless } = model;
    const history = [{ input: { f: 'get', key: 'a' }, output: '', call: 0, return: 1 }];
    await assert.rejects(
      checkOperationsAsync(nameless, history, { workers: 1 }),
      /has no source, so a worker cannot build it/,
    );
    const wrong = { ...model, source: { name: 'kw' } };
    await assert.rejects(
      checkOperationsAsync(wrong, history, { workers: 1 }),
      /a worker failed: no ready model is named "kw"; known: register,/,
    );
  });
});
