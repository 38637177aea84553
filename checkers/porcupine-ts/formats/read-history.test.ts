import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkOperations } from '../check.ts';
import { readyModels } from '../models/ready-models.ts';
import { EdnError, EdnReader } from './edn.ts';
import { type ReadOptions, readHistory } from './read-history.ts';

function verdict(text: string, options: ReadOptions): string {
  const make = readyModels.get(options.model);
  assert.ok(make !== undefined);
  return checkOperations(make(), readHistory(text, options)).verdict;
}

describe('a history in JSON lines', () => {
  it('is operations with times', () => {
    const lines = (seen: number) => `
{"client": 0, "input": {"f": "write", "value": 1}, "call": 0, "return": 10}
{"client": 1, "input": {"f": "write", "value": 2}, "call": "20", "return": null}
{"client": 2, "input": {"f": "read"}, "output": ${seen}, "call": 30, "return": 40}
`;
    assert.equal(verdict(lines(1), { model: 'register' }), 'ok');
    assert.equal(verdict(lines(2), { model: 'register' }), 'ok');
    assert.equal(verdict(lines(3), { model: 'register' }), 'illegal');
  });

  it('or calls and returns', () => {
    const text =
      '{"call": 1, "input": {"f": "acquire"}}\n{"return": 1}\n{"call": 2, "input": {"f": "acquire"}}\n{"return": 2}';
    assert.equal(verdict(text, { model: 'mutex' }), 'illegal');
  });

  it('is refused by line when it is neither, both, or no JSON', () => {
    const read = (text: string) => () => readHistory(text, { model: 'register', notation: 'jsonl' });
    assert.throws(read('\n{"input": 1}'), /^InvalidHistoryError: line 2: wanted "call" and "return"/);
    assert.throws(read('{"call": 1}\n{"call": 1, "return": 2}'), /line 2: operations and events in one file/);
    assert.throws(read('{"call": 1}\n{"call":'), /^InvalidHistoryError: line 2: /);
    assert.throws(read('7'), /line 1: wanted an object, got 7/);
  });
});

describe("a history of Jepsen's", () => {
  it('in EDN, as a vector or a map a line; what failed did not happen, what has no end may have', () => {
    const entries = (seen: number) => `
{:process 0, :type :invoke, :f :write, :value 1, :time 3, :index 0}
{:process 0, :type :ok, :f :write, :value 1}
{:process :nemesis, :type :info, :f :start, :value [:isolated {"n1" #{"n2" "n3"}}]}
{:process 2, :type :invoke, :f :write, :value 3}
{:process 1, :type :invoke, :f :cas, :value [1 2]}
{:process 1, :type :fail, :f :cas, :value [1 2]}
{:process 2, :type :info, :f :write, :value 3, :error "timeout"}
{:process 3, :type :invoke, :f :read, :value nil}
{:process 3, :type :ok, :f :read, :value ${seen}}`;
    const options: ReadOptions = { model: 'cas-register' };
    assert.deepEqual(
      [1, 2, 3].map((seen) => verdict(entries(seen), options)),
      ['ok', 'illegal', 'ok'],
    );
    assert.equal(verdict(`[${entries(3)}]`, options), 'ok');
    // Answered: it found another value, so 1 was not there any more, and must not be read again.
    assert.deepEqual(
      [1, 3].map((seen) => verdict(entries(seen), { ...options, failed: 'answered' })),
      ['illegal', 'ok'],
    );
  });

  it('in the log, whatever else is logged there', () => {
    const text = `INFO  jepsen.core - up
INFO  jepsen.util - 0\t:invoke\t:write\t1
WARN  jepsen.client - slow
INFO  jepsen.util - 0\t:ok\t:write\t1
INFO  jepsen.util - 1   :invoke :read   nil
INFO  jepsen.util - 1   :ok     :read   nil`;
    assert.equal(verdict(text, { model: 'register' }), 'illegal');
  });

  it('with several registers, and with locks', () => {
    const txn = (value: string) => `{:process 0, :type :invoke, :f :txn, :value [[:w :x 1] [:r :y nil]]}
{:process 0, :type :ok, :f :txn, :value [[:w :x 1] [:r :y nil]]}
{:process 1, :type :invoke, :f :txn, :value [[:r :x nil]]}
{:process 1, :type :ok, :f :txn, :value [[:r :x ${value}]]}`;
    assert.deepEqual(
      [verdict(txn('1'), { model: 'multi-register' }), verdict(txn('2'), { model: 'multi-register' })],
      ['ok', 'illegal'],
    );
    const lock = '{:process 0, :type :invoke, :f :release}{:process 0, :type :ok, :f :release}';
    assert.equal(verdict(lock, { model: 'mutex' }), 'illegal');
  });

  it('is refused by line where processes overlap themselves or speak of what the model does not know', () => {
    const read = (text: string) => () => readHistory(text, { model: 'register', notation: 'edn' });
    assert.throws(
      read('{:process 1 :type :ok :f :read}'),
      /line 1: process 1 ends :read, which it never invoked/,
    );
    assert.throws(
      read('{:process 1 :type :invoke :f :read}{:process 1 :type :invoke :f :write :value 1}'),
      /line 2: process 1 invokes :write while its last operation is open/,
    );
    assert.throws(
      read('{:process 1 :type :invoke :f :drain}'),
      /line 1: this model has no operation ":drain"/,
    );
  });
});

describe('EDN', () => {
  it('is read as plain values', () => {
    const read = (text: string) => new EdnReader(text).next();
    assert.deepEqual(read('[nil true -7 1.5e3 2N "a\\n\\u0041" :key/word sym \\a \\newline]'), [
      null,
      true,
      -7,
      1500,
      2,
      'a\nA',
      'key/word',
      'sym',
      'a',
      '\n',
    ]);
    assert.deepEqual(
      read('{:a #{1 2}, "b" (3) ; comment\n :c #inst "2020"}'),
      new Map<unknown, unknown>([
        ['a', [1, 2]],
        ['b', [3]],
        ['c', '2020'],
      ]),
    );
    assert.deepEqual(read('[#_ignored 1 ##Inf 9007199254740993]'), [
      1,
      Number.POSITIVE_INFINITY,
      9_007_199_254_740_993n,
    ]);
    assert.equal(read('  ; nothing'), undefined);
  });

  it('is refused by line where it is broken', () => {
    const fails = (text: string, message: RegExp) =>
      assert.throws(
        () => new EdnReader(text).next(),
        (error) => error instanceof EdnError && message.test(error.message),
      );
    fails('[1\n2', /^line 2: found the end of the text, where "]" is missing/);
    fails('{:a}', /a key without a value/);
    fails(']', /an unexpected "]"/);
    fails('"abc', /a string without an end/);
  });
});
