import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, it } from 'mocha';
import { checkOperations } from '../check.ts';
import { InvalidHistoryError } from '../history/invalid-history-error.ts';
import type { Model } from '../model.ts';
import { kv } from '../models/kv.ts';
import { register } from '../models/register.ts';
import type { Operation } from '../operation.ts';
import { busyRegister } from '../testing/busy-history.ts';
import { type WrittenPage, writtenPage } from '../testing/written-page.ts';
import { visualize } from './visualize.ts';

/** Tests run from the root of the project; long enough for the slowest machine, so that a page never depends on the clock. */
const timeoutMs = 600_000;
const reader = pathToFileURL(resolve('checkers/porcupine-ts/visualizer/page/unpack.js'));

const get = (clientId: number, key: string, output: string, call: number, back: number): Operation => ({
  clientId,
  input: { f: 'get', key },
  output,
  call,
  return: back,
});
const put = (clientId: number, key: string, value: string, call: number, back: number): Operation => ({
  clientId,
  input: { f: 'put', key, value },
  call,
  return: back,
});
/** The case that Porcupine's own tests of its visualization use. */
const severalLengths: readonly Operation[] = [
  get(0, 'x', 'w', 0, 100),
  put(1, 'x', 'y', 5, 10),
  put(2, 'x', 'z', 0, 10),
  get(1, 'x', 'y', 20, 30),
  put(1, 'x', 'w', 35, 45),
  get(4, 'x', 'z', 25, 35),
  get(3, 'x', 'y', 30, 40),
  get(2, 'y', 'a', 50, 90),
  put(5, 'y', 'a', 55, 85),
];

/** Orders as positions in the history, and the texts of the states that are new in each. */
function ordersOf(page: WrittenPage): { key: number; steps: number[]; refused: number }[] {
  const numbers = (name: string) => [...(page.column(name) as Float64Array)];
  const position = numbers('position');
  const steps = numbers('steps');
  let own = 0;
  const first = new Map<number, number[]>();
  return numbers('orderKey').map((key, at) => {
    const shared = numbers('orderShared')[at] as number;
    const length = (numbers('orderLength')[at] as number) - shared;
    const order = [
      ...(first.get(key) ?? []).slice(0, shared),
      ...steps.slice(own, own + length).map((step) => position[step] as number),
    ];
    own += length;
    if (!first.has(key)) first.set(key, order);
    return { key, steps: order, refused: numbers('refusedCount')[at] as number };
  });
}

describe('a page of a history', () => {
  it('holds the longest order through each operation, states, what was refused, and the core', async () => {
    const model = kv() as Model;
    const html = visualize(model, severalLengths, {
      result: checkOperations(model, severalLengths, { verbose: true, engine: 'compat' }),
      timeoutMs,
    });
    const page = await writtenPage(html, reader);
    assert.deepEqual(ordersOf(page), [
      { key: 0, steps: [2, 1, 3, 6, 4, 0], refused: 1 },
      { key: 0, steps: [1, 2, 5], refused: 3 },
      { key: 1, steps: [8, 7], refused: 0 },
    ]);
    assert.deepEqual(page.texts('stateTexts'), ['{"x": "z"}', '{"x": "y"}', '{"x": "w"}', '{"y": "a"}']);
    const position = [...(page.column('position') as Float64Array)];
    assert.deepEqual(page.facts.core.map((at) => position[at]).sort(), [1, 2, 3, 5]);
    assert.match(page.facts.sentence, /^No order of these 4 operations explains their answers/);
  });

  it('of 100,000 operations has all of them in less than 5 MB', async () => {
    const history = busyRegister(100_000, 12, 5);
    const html = visualize(register({ initial: 0 }) as never, history.map(withoutCas) as never, {
      timeoutMs,
    });
    const page = await writtenPage(html, reader);
    assert.equal(page.facts.drawn, 100_000);
    assert.ok(Buffer.byteLength(html) < 5_000_000, `${Buffer.byteLength(html)} bytes`);
  }).timeout(timeoutMs);

  it('that has no room for all draws what lies around the core, and counts what it left out', async () => {
    const history = busyRegister(6000, 4, 5);
    // Nobody writes 77.
    const at = history.findIndex(({ input }, index) => index > 3000 && input.f === 'read');
    history[at] = { ...(history[at] as (typeof history)[number]), output: 77 };
    const model = register({ initial: 0 }) as never;
    const operations = history.map(withoutCas) as never;
    const result = checkOperations(model, operations, { timeoutMs });
    const bytesMax = Buffer.byteLength(visualize(model, operations, { result, timeoutMs })) - 10_000;
    const options = { result, timeoutMs, bytesMax };
    const html = visualize(model, operations, options);
    assert.ok(Buffer.byteLength(html) <= bytesMax, `${Buffer.byteLength(html)} bytes`);
    const { facts, column } = await writtenPage(html, reader);
    const position = [...(column('position') as unknown as Float64Array)];
    assert.deepEqual(
      facts.core.map((place) => position[place]),
      [at],
    );
    assert.ok(facts.drawn < 6000 && facts.drawn > 500, `${facts.drawn} drawn`);
    assert.ok(facts.before > 0 && facts.after > 0 && facts.before + facts.after < 6000);
    // The same history gives the same bytes: pages can be compared.
    assert.equal(visualize(model, operations, options), html);
    assert.throws(
      () => visualize(model, operations, { ...options, bytesMax: 1000 }),
      /bytesMax: wanted at least \d+/,
    );
  }).timeout(timeoutMs);

  it('names what cannot follow instead of a core that is far from small', async () => {
    const writes: Operation[] = Array.from({ length: 60 }, (_, at) => ({
      input: { f: 'write', value: at },
      call: at * 2,
      return: at * 2 + 1,
    }));
    const history = [...writes, { input: { f: 'read' }, output: 77, call: 200, return: 201 }];
    const all = history.map((_, at) => at);
    const core = { operations: all, order: [], smallest: false, sentence: 'much too long' };
    const page = await writtenPage(visualize(register() as Model, history, { core, timeoutMs }), reader);
    assert.deepEqual(page.facts.core, [60]);
    assert.match(
      page.facts.sentence,
      /After the 60 steps of the longest order the state is 59, and read -> 77 cannot follow\. \(The time was over when it still took 61/,
    );
  });

  it('takes annotations in nanoseconds beyond what numbers hold exactly, even of an empty history', async () => {
    const start = 1_700_000_000_000_000_000n;
    const annotations = [
      { label: 'kill n1', at: start + 5n },
      { label: 'partition', from: String(start + 7n), to: start + 9n },
      { label: 'heal', from: start + 9n, to: start + 9n },
    ];
    const empty = await writtenPage(visualize(register() as never, [], { annotations }), reader);
    assert.deepEqual(
      empty.facts.annotations.map(({ label }) => label),
      ['kill n1', 'partition', 'heal'],
    );
    const write: Operation = { input: { f: 'write', value: 1 }, call: start, return: start + 3n };
    const { facts, column } = await writtenPage(
      visualize(register() as never, [write], { annotations }),
      reader,
    );
    assert.deepEqual(
      facts.annotations.map(({ from, to }) => [from, to]),
      [
        [5, undefined],
        [7, 9],
        [9, 9],
      ],
    );
    assert.deepEqual([facts.base, column('duration')[0]], [String(start), 4]);
  });

  it('has no text of the history outside its packed data, and escapes its title', () => {
    const markup = '</script><img src=x onerror=alert(1)>';
    const html = visualize(kv() as Model, [put(0, markup, markup, 0, 1)], { title: markup });
    assert.ok(!html.includes('<img src'));
    assert.match(html, /<title>&lt;\/script&gt;&lt;img/);
  });

  it('is refused for a history that cannot have happened', () => {
    assert.throws(() => visualize(kv() as Model, [put(0, 'x', 'y', 5, 4)]), InvalidHistoryError);
  });
});

/** Nothing but writes and reads of what was there. */
function withoutCas(operation: ReturnType<typeof busyRegister>[number]): unknown {
  const { input } = operation;
  if (input.f !== 'cas') return operation;
  return operation.output === true
    ? { ...operation, input: { f: 'write', value: input.to }, output: undefined }
    : { ...operation, input: { f: 'read' }, output: undefined };
}
