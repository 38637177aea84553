import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultWindow } from '../history/fault-window.ts';
import { SendTimes } from './send-times.ts';
import { checkSingleFaults } from './single-faults.ts';

const s = 1e9;

function fault(nemesis: string, targets: readonly string[], fromS: number, toS: number): FaultWindow {
  return {
    ...{ fault: `${nemesis}-1`, nemesis, variant: 'one', targets, failure: undefined },
    ...{ injected: fromS * s, healed: toS * s, active: { from: fromS * s, to: toS * s } },
  };
}

interface Circumstances {
  readonly set?: readonly number[];
  /** Told 15 s into the run. */
  readonly setLater?: readonly number[];
  readonly everyMs?: number;
}

/** Sends for 30 s, acknowledged at once but between the two seconds given. */
function judge(
  windows: readonly FaultWindow[],
  silentFromS: number,
  silentToS: number,
  { set = [1, 2, 3], setLater = set, everyMs = 100 }: Circumstances = {},
) {
  const sends = new SendTimes();
  for (let index = 0; index * everyMs < 30_000; index += 1) {
    const time = index * everyMs * 1e6;
    const operation = {
      index,
      time,
      process: 0,
      f: 'send',
      value: { queue: 't/0', message: `m${index}` },
    } as const;
    sends.add({ ...operation, type: 'invoke' });
    const isSilent = time >= silentFromS * s && time < silentToS * s;
    sends.add({ ...operation, type: isSilent ? 'info' : 'ok' });
  }
  return checkSingleFaults({
    ...{ sends, windows, endNs: 30 * s, minInSyncReplicas: 2 },
    ...{ brokers: ['n1', 'n2', 'n3'], controllers: ['c1', 'c2', 'c3'] },
    trace: [
      { time: 0, node: 'n1', event: 'sync-state-set', set },
      { time: 15 * s, node: 'n1', event: 'sync-state-set', set: setLater },
    ],
  });
}

describe('the checker of single faults', () => {
  const pause = fault('pause', ['n1'], 10, 20);

  it('accepts a pause of sends that ends soon enough', () => {
    const result = judge([pause], 10, 12.5);
    assert.deepEqual([result.verdict, result.facts], ['valid', { judged: 1 }]);
  });

  it('refuses one that lasts as long as the fault', () => {
    const result = judge([pause], 10, 20);
    assert.deepEqual(result.anomalyCounts, { unavailable: 1 });
    assert.match(
      result.evidence,
      /for 10\.0 s from 10\.0 s on, wanted 4 s or less: all that was at work was pause-1 on n1/,
    );
  });

  it('looks at the set as it was before the fault, whatever becomes of it', () => {
    assert.deepEqual(judge([pause], 10, 20, { set: [1, 2], setLater: [1, 2, 3] }).facts, { judged: 0 });
    assert.equal(judge([pause], 10, 20, { setLater: [1, 2] }).verdict, 'invalid');
  });

  it('does not hold silence against a group that was hardly asked', () => {
    assert.equal(judge([pause], 10, 20, { everyMs: 1100 }).verdict, 'valid');
    assert.equal(judge([pause], 10, 20, { everyMs: 900 }).verdict, 'invalid');
  });

  it('gives more time where a controller is down, too, and none where a majority is', () => {
    const both = [pause, fault('kill', ['c1'], 9, 21)];
    assert.equal(judge(both, 10, 17).verdict, 'valid');
    assert.equal(judge(both, 10, 20).verdict, 'invalid');
    assert.deepEqual(judge([pause, fault('kill', ['c1', 'c2'], 9, 21)], 10, 20).facts, { judged: 0 });
  });

  it('asks nothing where more is broken: a second broker, a link, a set that was not full', () => {
    assert.deepEqual(judge([pause, fault('kill', ['n2'], 12, 14)], 10, 20).facts, { judged: 0 });
    assert.deepEqual(judge([pause, fault('partition', ['n1'], 5, 8)], 10, 20).facts, { judged: 0 });
    assert.deepEqual(judge([pause], 10, 20, { set: [1, 2] }).facts, { judged: 0 });
    assert.deepEqual(judge([fault('pause', ['w1'], 10, 20)], 10, 20).facts, { judged: 0 });
  });
});
