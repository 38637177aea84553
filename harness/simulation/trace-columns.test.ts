import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { TraceColumns } from './trace-columns.ts';

describe('the columns of a trace', () => {
  it('stand where they stand, with the role of each server after the event', () => {
    const columns = new TraceColumns(['n1', 'n2', 'c1']);
    const lines = [
      columns.header(),
      columns.line({ atMs: -538.273, node: 'n1', kind: 'life', what: 'started' }),
      columns.line({ atMs: 1, node: 'n1', kind: 'role-changed', what: 'role=master masterEpoch=1' }),
      columns.line({ atMs: 2, node: 'c1', kind: 'leadership', what: 'term=1 role=leader' }),
      columns.line({ atMs: 3.5, node: 'w1', kind: 'send ok', to: 'n1', what: '#0 p0 t/0 0-1 @0' }),
      columns.line({ atMs: 4, node: 'n1', kind: 'life', what: 'stopped' }),
      columns.line({ atMs: 5, node: 'n1', kind: 'life', what: 'went on' }),
      columns.line({ atMs: 12_345.678, node: 'n1', kind: 'life', what: 'died' }),
    ];
    assert.deepEqual(lines, [
      '     seconds  12 1  node      what                     from>to    details',
      '   -0.538273  -. .  n1        life                                started',
      '    0.001000  M. .  n1        role-changed                        role=master masterEpoch=1',
      '    0.002000  M. L  c1        leadership                          term=1 role=leader',
      '    0.003500  M. L  w1        send ok                  w1>n1      #0 p0 t/0 0-1 @0',
      '    0.004000  P. L  n1        life                                stopped',
      '    0.005000  M. L  n1        life                                went on',
      '   12.345678  x. L  n1        life                                died',
    ]);
  });
});
