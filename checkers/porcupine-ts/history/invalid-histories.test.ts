import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkEvents, checkOperations } from '../check.ts';
import type { Model } from '../model.ts';
import { register } from '../models/register.ts';
import type { HistoryEvent, Operation, Time } from '../operation.ts';
import { InvalidHistoryError } from './invalid-history-error.ts';

const model = register() as Model;
const write = (call: unknown, back: unknown, rest: object = {}): Operation => ({
  input: { f: 'write', value: 1 },
  call: call as Time,
  return: back as Time | null,
  ...rest,
});
const call = (id: unknown): HistoryEvent => ({ kind: 'call', id: id as number, value: { f: 'read' } });
const back = (id: unknown): HistoryEvent => ({ kind: 'return', id: id as number, value: 1 });

function refuses(
  history: readonly Operation[] | readonly HistoryEvent[],
  position: number,
  message: string,
): void {
  const check = () =>
    history.some((one) => 'kind' in one)
      ? checkEvents(model, history as HistoryEvent[])
      : checkOperations(model, history as Operation[]);
  assert.throws(check, (error) => {
    assert.ok(error instanceof InvalidHistoryError);
    assert.deepEqual([error.position, error.message], [position, message]);
    return true;
  });
}

describe('a history that cannot have happened', () => {
  it('is refused with the name of its operation: a return before the call', () => {
    refuses(
      [write(0, 1), write(5, 4, { clientId: 2 })],
      1,
      'operation 1 (client 2): returns at 4, before its call at 5',
    );
    refuses([write('10', '9', { id: 'w9' })], 0, 'operation w9: returns at 9, before its call at 10');
  });

  it('times that are none', () => {
    const wanted = 'time (a number, a bigint or its digits), got';
    refuses([write(Number.NaN, 1)], 0, `operation 0: wanted a call ${wanted} NaN`);
    refuses([write(0, Number.POSITIVE_INFINITY)], 0, `operation 0: wanted a return ${wanted} Infinity`);
    refuses([write(0, 1), write('soon', 2)], 1, `operation 1: wanted a call ${wanted} "soon"`);
    refuses(
      [write(0, undefined)],
      0,
      `operation 0: wanted a return ${wanted} undefined; give null where no answer ever came`,
    );
  });

  it('calls and returns that do not match', () => {
    refuses([call(1), back(2)], 1, 'event 1: operation 2 returns, but nothing before it calls it');
    refuses(
      [call(1), call(1)],
      1,
      'event 1: operation 1 is called a second time; give every operation an id of its own',
    );
    refuses([call('a'), back('a'), back('a')], 2, 'event 2: operation a returns a second time');
    refuses([call(Number.NaN)], 0, 'event 0: wanted an id (a number or a string), got NaN');
    refuses(
      [{ ...call(1), kind: 'invoke' as 'call' }],
      0,
      'event 0: wanted kind "call" or "return", got "invoke"',
    );
  });

  it('an operation without an answer, for a model that cannot say what it may have done', () => {
    const { stepUnanswered: _, ...without } = model;
    assert.throws(
      () => checkOperations(without, [write(0, 1), write(1, null)]),
      /operation 1 never returned, and model register has no stepUnanswered/,
    );
  });
});

describe('times', () => {
  const read = (output: number, from: Time, to: Time): Operation => ({
    input: { f: 'read' },
    output,
    call: from,
    return: to,
  });

  it('may be nanoseconds beyond what numbers hold exactly, as bigint or digits', () => {
    const start = 1_700_000_000_000_000_000n;
    const history = (time: (offset: bigint) => Time) => [
      write(time(0n), time(1n)),
      { ...write(time(2n), time(3n)), input: { f: 'write', value: 2 } },
      read(1, time(4n), time(5n)),
    ];
    assert.equal(
      checkOperations(
        model,
        history((offset) => start + offset),
      ).verdict,
      'illegal',
    );
    assert.equal(
      checkOperations(
        model,
        history((offset) => String(start + offset)),
      ).verdict,
      'illegal',
    );
    // As numbers all six are one moment, and so everything is concurrent.
    assert.equal(
      checkOperations(
        model,
        history((offset) => Number(start + offset)),
      ).verdict,
      'ok',
    );
  });

  it('may be mixed; equal moments are one moment however they are written', () => {
    assert.equal(checkOperations(model, [write(0, 10n), read(1, '10', 10)]).verdict, 'ok');
    assert.equal(checkOperations(model, [read(1, 0, 9.5), write(10n, '11')]).verdict, 'illegal');
  });

  it('need no order: operations may come as they were recorded', () => {
    const many = Array.from({ length: 500 }, (_, at) =>
      read(1, 10 + ((at * 7919) % 500), 600 + ((at * 104_729) % 500)),
    );
    const result = checkOperations(model, [...many, write(5, 20)]);
    assert.equal(result.verdict, 'ok');
    assert.equal(result.partitions[0]?.linearizations[0]?.[0], 500);
  });
});
