import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunSummary } from './run-summary.ts';
import { configurationsOf, trendData } from './trends.ts';

function run(hour: number, kind: string, more: Partial<RunSummary> = {}): RunSummary {
  return {
    path: `${kind}/${hour}`,
    ...{ type: 'run', outcome: 'valid', startMs: hour * 3_600_000, seconds: 60, seed: hour, workload: 'log' },
    ...{ nemeses: [], world: 'sim', bug: '', anomalies: [], why: '', figures: undefined, gaps: {} },
    ...{ settings: { rate: '200', nodes: '3' }, page: undefined },
    ...more,
  } as RunSummary;
}

describe('configurations', () => {
  const rows = [
    run(9, 'log-kill', { outcome: 'running' }),
    run(8, 'log-kill'),
    run(7, 'log-kill', { settings: { rate: '2000', nodes: '3' } }),
    run(6, 'log-kill', { world: 'docker' }),
    run(5, 'log-kill'),
    run(4, 'sim-swarm', { type: 'campaign', settings: {} }),
    run(3, 'bugs', { type: 'bugs' }),
  ];

  it('hold runs of one kind, world and settings, oldest first; the one that ran last comes first', () => {
    assert.deepEqual(
      configurationsOf(rows).map(({ name, apart, runs }) => [name, apart, runs.map(({ seed }) => seed)]),
      [
        ['log-kill · sim', 'rate 200', [5, 8]],
        ['log-kill · sim', 'rate 2000', [7]],
        ['log-kill · docker', '', [6]],
        ['sim-swarm campaigns · sim', '', [4]],
      ],
    );
  });

  it('are drawn by columns of equal length, with nothing where a run has no such figure', () => {
    const figures = { seconds: 10, ok: 1000, acknowledged: 300, okPerS: 100, acknowledgedPerS: 30 };
    const gaps = { kill: { faults: 1, worst: 812.34567, median: 3 } };
    const data = trendData([run(1, 'log-kill'), run(2, 'log-kill', { figures, gaps })], ({ path }) => path);
    assert.deepEqual(
      [data.ok, data.acknowledged, data.gaps, data.links],
      [[null, 100], [null, 30], { kill: [null, 812.35] }, ['log-kill/1', 'log-kill/2']],
    );
  });
});
