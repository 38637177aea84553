import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import { clockOffsets } from './clock-offsets.ts';

const startWallMs = 1_000_000;

function told(node: string, atMs: number, offsetMs: number, life = 'a'): TraceEvent {
  return { time: atMs * 1e6, node, event: 'clock', life, wall: startWallMs + atMs + offsetMs };
}

describe('the clocks that a report draws', () => {
  it('are lines from corner to corner, one for each node', () => {
    const trace = [
      told('n2', 0, 0),
      ...[0, 100, 200, 300].map((at) => told('n1', at, at < 200 ? 0 : -262_000)),
      { time: 5, node: 'n1', event: 'confirm', wall: 7 },
      told('n1', 400, -262_000),
    ];
    assert.deepEqual(clockOffsets(trace, startWallMs), [
      { node: 'n1', at: [0, 100, 200, 400], offset: [0, 0, -262_000, -262_000] },
      { node: 'n2', at: [0], offset: [0] },
    ]);
  });

  it('break off where a node was down', () => {
    const trace = [told('n1', 0, 0), told('n1', 100, 5), told('n1', 900, 5, 'b')];
    assert.deepEqual(clockOffsets(trace, startWallMs)[0]?.offset, [0, 5, null, 5]);
  });

  it('are none where nobody moved any', () => {
    assert.deepEqual(clockOffsets([{ time: 1, node: 'n1', event: 'confirm' }], startWallMs), []);
  });
});
