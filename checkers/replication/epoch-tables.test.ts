import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkEpochTables } from './epoch-tables.ts';
import type {
  Confirmation,
  EpochBegin,
  ReplicationHistory,
  Snapshot,
  Truncation,
} from './replication-history.ts';

const at = (time: number) => ({ call: time, ret: time });

function snapshot(
  replica: string,
  epochs: readonly (readonly [number, number])[],
  fields: Partial<Snapshot> = {},
): Snapshot {
  return {
    ...at(100),
    replica,
    epochs: epochs.map(([epoch, startOffset]) => ({ epoch, startOffset })),
    maxOffset: 1000,
    confirmOffset: 1000,
    digests: new Map(),
    ...fields,
  };
}

const confirm = (replica: string, epoch: number, offset: number, time: number): Confirmation => ({
  ...at(time),
  replica,
  epoch,
  offset,
});
const begin = (replica: string, epoch: number, startOffset: number, time: number): EpochBegin => ({
  ...at(time),
  replica,
  epoch,
  startOffset,
});
const cut = (replica: string, to: number, time: number, fields: Partial<Truncation> = {}): Truncation => ({
  ...at(time),
  replica,
  to,
  ...fields,
});

function judge(history: Partial<ReplicationHistory>) {
  const healthy = [snapshot('n1', [[1, 0]]), snapshot('n2', [[1, 0]])];
  return checkEpochTables({ snapshots: healthy, confirmations: [], truncations: [], begins: [], ...history });
}

const namesIn = (history: Partial<ReplicationHistory>) => Object.keys(judge(history).anomalyCounts);

describe('the checker of epochs', () => {
  it('accepts a failover: a deposed master cuts its tail, and its late confirmation is lower', () => {
    const result = judge({
      snapshots: [
        snapshot('n1', [
          [1, 0],
          [2, 500],
        ]),
        snapshot('n2', [
          [1, 0],
          [2, 500],
        ]),
      ],
      begins: [begin('n1', 1, 0, 1), begin('n2', 1, 0, 2), begin('n2', 2, 500, 10), begin('n1', 2, 500, 32)],
      confirmations: [confirm('n1', 1, 400, 5), confirm('n2', 2, 900, 20), confirm('n1', 1, 450, 25)],
      truncations: [cut('n1', 500, 30, { lastEpoch: 1, ownConfirm: 450 })],
    });
    assert.deepEqual(result.anomalyCounts, {});
    assert.equal(result.verdict, 'valid');
  });

  it('refuses a cut into what the epochs of that log had confirmed', () => {
    const history = {
      confirmations: [confirm('n1', 1, 400, 5)],
      truncations: [cut('n2', 399, 30, { lastEpoch: 1 })],
    };
    assert.deepEqual(namesIn(history), ['truncate-below-confirm']);
    assert.deepEqual(namesIn({ ...history, truncations: [cut('n2', 400, 30, { lastEpoch: 1 })] }), []);
  });

  it('refuses a cut below what the replica itself knew as confirmed', () => {
    const result = judge({ truncations: [cut('n2', 99, 30, { lastEpoch: 1, ownConfirm: 100 })] });
    assert.equal(result.anomalies[0]?.detail, 'n2 truncates to 99, though it knew 100 as confirmed');
  });

  it('reports a replica that stopped rather than cut', () => {
    const result = judge({ truncations: [cut('n2', 99, 30, { ownConfirm: 100, refused: true })] });
    assert.deepEqual(result.anomalyCounts, { 'truncate-below-confirm': 1 });
    assert.match(result.anomalies[0]?.detail ?? '', /is told to truncate/);
  });

  it('refuses a confirmed offset that goes back, within an epoch or to the next', () => {
    assert.deepEqual(namesIn({ confirmations: [confirm('n1', 1, 100, 1), confirm('n1', 1, 99, 2)] }), [
      'confirm-regress',
    ]);
    assert.deepEqual(namesIn({ confirmations: [confirm('n1', 1, 100, 1), confirm('n2', 2, 99, 2)] }), [
      'confirm-regress',
    ]);
  });

  it('refuses two starts of one epoch, also where one was cut away again', () => {
    const begins = [begin('n1', 2, 500, 10), begin('n3', 2, 490, 11)];
    assert.deepEqual(namesIn({ begins }), ['epoch-start-mismatch']);
    const snapshots = [
      snapshot(
        'n1',
        [
          [1, 0],
          [2, 2000],
        ],
        { maxOffset: 3000 },
      ),
      snapshot(
        'n2',
        [
          [1, 0],
          [2, 2010],
        ],
        { maxOffset: 3000 },
      ),
    ];
    assert.deepEqual(namesIn({ snapshots }), ['epoch-start-mismatch']);
  });

  it('tells a wrong start once, however many replicas have it', () => {
    const begins = [begin('n1', 2, 500, 10), begin('n2', 2, 490, 11), begin('n3', 2, 490, 12)];
    assert.deepEqual(judge({ begins }).anomalyCounts, { 'epoch-start-mismatch': 1 });
    const confirmations = [confirm('n1', 1, 501, 5)];
    const below = [begin('n1', 2, 500, 10), begin('n2', 2, 500, 11)];
    assert.deepEqual(judge({ confirmations, begins: below }).anomalyCounts, {
      'epoch-start-below-confirm': 1,
    });
  });

  it('refuses an epoch that begins below what an older one had confirmed', () => {
    const confirmations = [confirm('n1', 1, 501, 5)];
    assert.deepEqual(namesIn({ confirmations, begins: [begin('n2', 2, 500, 10)] }), [
      'epoch-start-below-confirm',
    ]);
    assert.deepEqual(namesIn({ confirmations, begins: [begin('n2', 2, 501, 10)] }), []);
    // Not yet complete when the epoch began: nobody can know it lost.
    assert.deepEqual(namesIn({ confirmations, begins: [begin('n2', 2, 500, 5)] }), []);
  });

  it('accepts that an epoch in which nothing was written is missing in some tables', () => {
    const snapshots = [
      snapshot(
        'n1',
        [
          [1, 0],
          [3, 500],
        ],
        { confirmOffset: 500 },
      ),
      snapshot(
        'n2',
        [
          [1, 0],
          [2, 500],
        ],
        { maxOffset: 500, confirmOffset: 500 },
      ),
    ];
    assert.deepEqual(namesIn({ snapshots }), []);
  });

  it('refuses another table below what both confirmed', () => {
    const snapshots = [
      snapshot('n1', [
        [1, 0],
        [3, 400],
      ]),
      snapshot('n2', [
        [1, 0],
        [2, 400],
      ]),
    ];
    assert.deepEqual(namesIn({ snapshots }), ['prefix-divergence']);
  });

  it('refuses other bytes below what both confirmed', () => {
    const snapshots = [
      snapshot('n1', [[1, 0]], {
        digests: new Map([
          [10, 'a'],
          [20, 'b'],
        ]),
      }),
      snapshot('n2', [[1, 0]], {
        digests: new Map([
          [10, 'a'],
          [20, 'X'],
        ]),
        confirmOffset: 20,
      }),
    ];
    assert.deepEqual(namesIn({ snapshots }), ['prefix-divergence']);
  });

  it('refuses an epoch that starts beyond the end of its log', () => {
    assert.deepEqual(
      namesIn({
        snapshots: [
          snapshot('n1', [
            [1, 0],
            [2, 1001],
          ]),
        ],
      }),
      ['epoch-table-not-monotone'],
    );
    assert.deepEqual(
      namesIn({
        snapshots: [
          snapshot('n1', [
            [1, 0],
            [2, 1000],
          ]),
        ],
      }),
      [],
    );
  });

  it('refuses a table whose epochs or starts do not rise', () => {
    assert.deepEqual(
      namesIn({
        snapshots: [
          snapshot('n1', [
            [2, 0],
            [2, 10],
          ]),
        ],
      }),
      ['epoch-table-not-monotone', 'epoch-start-mismatch'],
    );
    assert.deepEqual(
      namesIn({
        snapshots: [
          snapshot('n1', [
            [1, 10],
            [2, 10],
          ]),
        ],
      }),
      ['epoch-table-not-monotone'],
    );
  });

  it('refuses a confirmed offset beyond the log', () => {
    assert.deepEqual(
      namesIn({ snapshots: [snapshot('n1', [[1, 0]], { maxOffset: 10, confirmOffset: 11 })] }),
      ['confirm-beyond-log'],
    );
  });

  it('does not know anything where no replica shows a table', () => {
    assert.equal(judge({ snapshots: [] }).verdict, 'unknown');
    assert.equal(judge({ snapshots: [snapshot('n1', [])] }).verdict, 'unknown');
  });

  it('judges 20,000 confirmations and 1,000 truncations at once', () => {
    const confirmations = Array.from({ length: 20_000 }, (_, k) =>
      confirm('n1', 1 + Math.floor(k / 2000), k, k),
    );
    const truncations = Array.from({ length: 1000 }, (_, k) => cut('n2', k * 20, k * 20, { lastEpoch: 10 }));
    assert.equal(judge({ confirmations, truncations }).verdict, 'valid');
  });
});
