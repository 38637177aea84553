import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { before, describe, it } from 'mocha';
import { SeededRandom } from '../testing/random.ts';

/** Browser modules that need no browser, loaded from their source. */
async function load(name: string): Promise<Record<string, (...args: unknown[]) => never>> {
  return await import(pathToFileURL(resolve(`checkers/porcupine-ts/visualizer/component/${name}`)).href);
}

interface Layout {
  readonly row: Int32Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly members: Int32Array;
  readonly rowStart: Int32Array;
  readonly laneOfRow: readonly number[];
  isOpen(at: number): boolean;
}

/** Operations of a few lanes that overlap as they please, in the order of their calls. */
function someOperations(count: number, lanes: number, seed: number) {
  const random = new SeededRandom(seed);
  const call = Array.from({ length: count }, () => random.below(count * 3)).sort((a, b) => a - b);
  return {
    lane: call.map(() => random.below(lanes)),
    call,
    ret: call.map((time) => (random.below(20) === 0 ? -1 : time + random.below(30))),
    kind: call.map(() => 0),
  };
}

describe('lanes', () => {
  let scales: Awaited<ReturnType<typeof load>>;
  let layouts: Awaited<ReturnType<typeof load>>;
  let orders: Awaited<ReturnType<typeof load>>;
  before(async () => {
    scales = await load('time-scale.js');
    layouts = await load('layout.js');
    orders = await load('orders.js');
  });

  const laidOut = (
    operations: ReturnType<typeof someOperations>,
    kind: string,
    mask?: Uint8Array,
  ): Layout => {
    const data = { lanes: [{ label: 'a' }, { label: 'b' }, { label: 'c' }], operations };
    const { TimeScale } = scales as unknown as { TimeScale: new (kind: string, moments: unknown) => unknown };
    return layouts['layOut']?.(
      data,
      new TimeScale(kind, scales['momentsOf']?.(data)),
      mask,
    ) as unknown as Layout;
  };

  for (const kind of ['time', 'order']) {
    it(`give each operation a place that no other one covers, by ${kind}`, () => {
      const operations = someOperations(400, 3, 7);
      const { end, laneOfRow, members, row, rowStart, start } = laidOut(operations, kind);
      assert.deepEqual(
        [...members].sort((a, b) => a - b),
        operations.call.map((_, at) => at),
      );
      for (let number = 0; number < laneOfRow.length; number += 1) {
        const own = [...members.subarray(rowStart[number], rowStart[number + 1])];
        for (const [at, one] of own.entries()) {
          assert.deepEqual([row[one], laneOfRow[number]], [number, operations.lane[one]]);
          const next = own[at + 1];
          // A return and a call at one moment touch; by order they overlap by less than one place.
          if (next !== undefined)
            assert.ok((end[one] as number) <= (start[next] as number) + 0.61, `${one}, ${next}`);
        }
      }
    });
  }

  it('leave out what a mask hides, and the rows it needed', () => {
    const operations = someOperations(50, 3, 1);
    const mask = Uint8Array.from(operations.lane, (lane) => (lane === 1 ? 1 : 0));
    const { laneOfRow, members } = laidOut(operations, 'time', mask);
    assert.ok(members.length > 0 && laneOfRow.every((lane) => lane === 1));
    assert.ok([...members].every((at) => operations.lane[at] === 1));
  });

  it('draw the steps of an order within their operations, and never one before the last', () => {
    const operations = someOperations(300, 3, 3);
    const layout = laidOut(operations, 'order');
    // Calls in their order are an order that keeps to real time.
    const order = {
      operations: operations.call.map((_, at) => at).filter((at) => operations.ret[at] !== -1),
    };
    const points = orders['pointsOf']?.(order, layout, 10_000) as unknown as Float64Array;
    for (const [step, at] of order.operations.entries()) {
      const point = points[step] as number;
      assert.ok(point >= (layout.start[at] as number) && point <= (layout.end[at] as number), `step ${step}`);
      if (step > 0) assert.ok(point >= (points[step - 1] as number), `step ${step}`);
    }
  });

  it('know the longest order of each operation', () => {
    const found = orders['longestOrders']?.(
      [{ operations: [1, 2] }, { operations: [0, 1, 3] }, { operations: [4, 2], first: 7 }],
      6,
    ) as unknown as Int32Array;
    assert.deepEqual([...found], [1, 1, 2, 1, 2, -1]);
  });
});
