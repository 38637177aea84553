import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { checkEvents, checkOperations } from './check.ts';
import type { Model } from './model.ts';
import { kv } from './models/kv.ts';
import { casRegister, register } from './models/register.ts';
import { set } from './models/set.ts';
import type { HistoryEvent, Operation } from './operation.ts';
import { type EtcdLog, etcdLogs, kvLog, porcupineDataMissing } from './testing/porcupine-data.ts';

const engines = ['fast', 'compat'] as const;
const zeroRegister = register<number>({ initial: 0 });

const put = (value: number) => ({ f: 'write', value }) as const;
const get = { f: 'read' } as const;

/** [input, output, call, return] */
function operations(...rows: [unknown, unknown, number, number][]): Operation[] {
  return rows.map(([input, output, call, back], clientId) => ({
    clientId,
    input,
    output,
    call,
    return: back,
  }));
}

for (const engine of engines) {
  const verdict = (model: object, history: readonly Operation[]) =>
    checkOperations(model as Model, history, { engine }).verdict;

  describe(`what Porcupine's own tests say of small histories, engine ${engine}`, () => {
    it('a register: a read may see a write that is still open, and then no read may see the value before it', () => {
      assert.equal(
        verdict(zeroRegister, operations([put(100), 0, 0, 100], [get, 100, 25, 75], [get, 0, 30, 60])),
        'ok',
      );
      assert.equal(
        verdict(zeroRegister, operations([put(200), 0, 0, 100], [get, 200, 10, 30], [get, 0, 40, 90])),
        'illegal',
      );
    });

    it('the same as calls and returns', () => {
      const events = (
        script: string,
        ...answers: [number, number][]
      ): HistoryEvent<ReturnType<typeof put> | typeof get, number>[] => {
        const outputs = new Map(answers);
        return script.split(' ').map((word) => {
          const id = Number(word.slice(1));
          if (word.startsWith('r')) return { kind: 'return', id, value: outputs.get(id) ?? 0 };
          return { kind: 'call', id, value: id === 0 ? put(100) : get };
        });
      };
      const legal = events('c0 c1 c2 r2 r1 r0', [1, 100], [2, 0]);
      const illegal = events('c0 c1 r1 c2 r2 r0', [1, 100], [2, 0]);
      assert.equal(checkEvents(zeroRegister, legal, { engine }).verdict, 'ok');
      assert.equal(checkEvents(zeroRegister, illegal, { engine }).verdict, 'illegal');
    });

    it('operations of no duration that touch are concurrent; those that do not are in order', () => {
      const touching = operations(
        [put(100), 0, 0, 100],
        [get, 100, 25, 75],
        [get, 0, 30, 30],
        [get, 0, 30, 30],
      );
      const apart = operations(
        [put(200), 0, 0, 100],
        [get, 200, 10, 10],
        [get, 200, 10, 10],
        [get, 0, 40, 90],
      );
      assert.equal(verdict(zeroRegister, touching), 'ok');
      assert.equal(verdict(zeroRegister, apart), 'illegal');
    });

    it('a set: what was added is read, in any order, once, and an unknown read may be anything', () => {
      const add = (value: number) => ({ f: 'add', value }) as const;
      const read = { f: 'read' } as const;
      const sets = (...rows: [unknown, unknown, number, number][]) =>
        verdict(set<number>(), operations(...rows));
      assert.equal(
        sets([add(100), undefined, 0, 100], [add(0), undefined, 5, 10], [read, [0, 100], 25, 75]),
        'ok',
      );
      assert.equal(
        sets([add(100), undefined, 0, 10], [add(110), undefined, 20, 30], [read, [100, 110], 40, 50]),
        'ok',
      );
      assert.equal(
        sets([add(100), undefined, 0, 10], [read, undefined, 20, 30], [read, [100], 40, 50]),
        'ok',
      );
      assert.equal(
        sets([add(100), undefined, 0, 10], [add(100), undefined, 20, 30], [read, [100, 100], 40, 50]),
        'illegal',
      );
    });

    it('nothing at all is ok', () => {
      assert.equal(verdict(kv(), []), 'ok');
      assert.equal(verdict(zeroRegister, []), 'ok');
    });
  });
}

describe("Porcupine's test data", function () {
  this.timeout(120_000);
  let logs: EtcdLog[];
  before(function () {
    if (porcupineDataMissing !== undefined) {
      process.stderr.write(`skipped: ${porcupineDataMissing}\n`);
      this.skip();
    }
    logs = etcdLogs();
  });

  it('102 etcd logs: 23 are ok and 79 illegal, for the fast engine', () => {
    for (const { number, events, legal } of logs)
      assert.equal(checkEvents(casRegister(), events).verdict, legal ? 'ok' : 'illegal', `etcd_${number}`);
    assert.deepEqual([logs.length, logs.filter(({ legal }) => legal).length], [102, 23]);
  });

  it('the compat engine visits what Porcupine visits: 3,301,715 steps and 535,137 configurations', () => {
    const counts = new Map<number, [number, number]>();
    for (const { number, events, legal } of logs) {
      const { verdict, steps, configurations } = checkEvents(casRegister(), events, { engine: 'compat' });
      assert.equal(verdict, legal ? 'ok' : 'illegal', `etcd_${number}`);
      counts.set(number, [steps, configurations]);
    }
    const all = [...counts.values()];
    assert.deepEqual(
      [all.reduce((sum, [steps]) => sum + steps, 0), all.reduce((sum, [, entered]) => sum + entered, 0)],
      [3_301_715, 535_137],
    );
    const hardest: [number, number, number][] = [
      [2, 1_177_310, 179_127],
      [7, 887_001, 123_412],
      [57, 414_541, 73_607],
      [99, 390_840, 63_821],
      [75, 163_328, 31_094],
      [40, 94_590, 17_108],
    ];
    for (const [number, steps, configurations] of hardest)
      assert.deepEqual(counts.get(number), [steps, configurations], `etcd_${number}`);
  });

  // Steps and configurations of the compat engine, where they are known; by key, and all keys at once.
  const visited = new Map([
    ['c50-ok true', [741_945, 177_864]],
    ['c10-ok false', [1_400_072, 246_579]],
    ['c10-bad false', [1_364_167, 288_173]],
  ]);
  for (const engine of engines) {
    for (const [name, partition] of kvCases()) {
      it(`keys and values ${name}, ${partition ? 'key by key' : 'all keys at once'}, engine ${engine}`, () => {
        const result = checkEvents(kv({ partition }) as Model, kvLog(name), { engine });
        assert.equal(result.verdict, name.endsWith('ok') ? 'ok' : 'illegal');
        const expected = engine === 'compat' ? visited.get(`${name} ${partition}`) : undefined;
        if (expected !== undefined) assert.deepEqual([result.steps, result.configurations], expected);
      });
    }
  }
});

function kvCases(): [string, boolean][] {
  const small = ['c01-ok', 'c01-bad', 'c10-ok', 'c10-bad'];
  return [
    ...[...small, 'c50-ok', 'c50-bad'].map((name): [string, boolean] => [name, true]),
    ...small.map((name): [string, boolean] => [name, false]),
  ];
}
