import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Operation } from './operation.ts';
import { HistoryError, pairOperations } from './paired-operations.ts';
import { pull, send, spell } from './spelled-history.ts';

const line = (fields: object): Operation =>
  ({
    index: 0,
    time: 0,
    process: 1,
    type: 'invoke',
    f: 'max-offset',
    value: { queue: 'q/0' },
    ...fields,
  }) as Operation;

describe('pairing of operations', () => {
  it('puts each answer to its question, and leaves open what has none', () => {
    const pairs = pairOperations(
      spell(send(1, 'a', [0, 9], 0), pull(2, 0, [1, 3], ['a']), send(3, 'b', [4, 0], 'open')),
    );
    assert.deepEqual(
      pairs.map(({ invoked, done }) => [invoked.f, invoked.process, done?.type]),
      [
        ['pull', 2, 'ok'],
        ['send', 1, 'ok'],
        ['send', 3, undefined],
      ],
    );
  });

  const refused: readonly (readonly [string, readonly Operation[], RegExp])[] = [
    [
      'a process that does two things at once',
      [line({}), line({ index: 1 })],
      /operation 1: process 1 invokes, but max-offset \(operation 0\) is still open/,
    ],
    ['an answer without a question', [line({ type: 'info' })], /process 1 completes what it never invoked/],
    [
      'an answer to another question',
      [line({}), line({ index: 1, type: 'fail', f: 'min-offset' })],
      /completes max-offset \(operation 0\) on q\/0 as min-offset/,
    ],
    [
      'an answer from another queue',
      [line({}), line({ index: 1, type: 'fail', value: { queue: 'q/1' } })],
      /on q\/0 as max-offset on q\/1/,
    ],
    [
      'an answer before its question',
      [line({ time: 5 }), line({ index: 1, time: 4, type: 'info' })],
      /ends before max-offset \(operation 0\) began/,
    ],
    [
      'a time that is no number',
      [line({}), line({ index: 1, time: undefined, type: 'info' })],
      /ends before/,
    ],
    [
      'an ok that says nothing',
      [line({}), line({ index: 1, type: 'ok' })],
      /an ok max-offset says nothing of what was answered/,
    ],
  ];
  for (const [what, lines, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => pairOperations(lines),
        (error) => error instanceof HistoryError && message.test(error.message),
      );
    });
  }
});
