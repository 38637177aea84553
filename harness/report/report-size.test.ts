import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimRandom } from '../deployment/sim/sim-random.ts';
import { DrawnOperations } from './drawn-operations.ts';
import { MessageTravels } from './message-travels.ts';
import { reportData } from './report-data.ts';
import { reportHtml } from './report-html.ts';
import { syntheticRun } from './testing/synthetic-run.ts';

/** A quarter of the 200,000 of which a report may have 10 MB: its size grows as their number does. */
const operations = 50_000;
const bytesMax = 10e6 / 4;

describe('a report of many operations', () => {
  it('draws each of them, and stays below 50 bytes for each', () => {
    const random = SimRandom.fromSeed(5);
    const drawn = new DrawnOperations();
    const travels = new MessageTravels();
    const offsets = [0, 0, 0, 0];
    for (let at = 0; at < operations; at += 1) {
      const queueId = random.below(4);
      const queue = `jepsen/${queueId}`;
      const process = at % 32;
      const offset = offsets[queueId] ?? 0;
      const [begin, end] = [at * 2e6, at * 2e6 + random.below(9e6)];
      const asked = { index: at * 2, time: begin, process, type: 'invoke' as const };
      const answered = { index: at * 2 + 1, time: end, process, type: 'ok' as const, node: 'n1' };
      const message = `${process}-${at}`;
      const pair =
        at % 2 === 0
          ? {
              invoked: { ...asked, f: 'send' as const, value: { queue, message } },
              done: {
                ...answered,
                f: 'send' as const,
                value: { queue, message, offset, physicalOffset: at * 207 },
              },
            }
          : {
              invoked: { ...asked, f: 'pull' as const, value: { queue, from: offset } },
              done: {
                ...answered,
                f: 'pull' as const,
                value: { queue, from: offset, messages: [[offset, message] as const] },
              },
            };
      if (at % 2 === 0) offsets[queueId] = offset + 1;
      drawn.add(pair);
      travels.add(pair);
    }
    const { record, trace, replicas } = syntheticRun({ seed: 1, seconds: 12, rate: 20, loses: false });
    const data = reportData({
      ...{ title: 'x', verdict: 'valid', record, results: [], windows: [], trace, replicas, drawn, travels },
      colours: {},
    });
    assert.equal(data.operations.index.length, operations);
    const { length } = reportHtml(data);
    assert.ok(length < bytesMax, `${length} bytes`);
    assert.ok(length > operations, `${length} bytes hold no ${operations} operations`);
  });
});
