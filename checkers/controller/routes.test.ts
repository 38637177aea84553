import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkRoutes } from './routes.ts';

const registered = (node: string, brokerAddress: string, masterEpoch: number) => ({
  ...{ time: 1, node, event: 'route-master', brokerName: 'a', brokerAddress, masterEpoch },
  ...{ cause: 'registered', by: brokerAddress },
});
const gone = (node: string, by: string, cause: string) => ({
  ...{
    time: 2,
    node,
    event: 'route-master',
    brokerName: 'a',
    brokerAddress: null,
    masterEpoch: 2,
    cause,
    by,
  },
});

describe('the checker of routes', () => {
  it('takes no other line for a change of a route', () => {
    const one = registered('c1', 'n1', 1);
    const lines = [
      { ...one, event: 'elected' },
      { ...one, masterEpoch: undefined },
    ];
    assert.deepEqual(checkRoutes(lines).facts, { changes: 0 });
  });

  it('accepts successors, masters that come back, and nameservers that learn late', () => {
    const result = checkRoutes([
      registered('c1', 'n1', 1),
      registered('c1', 'n2', 2),
      registered('c2', 'n1', 1),
      gone('c1', 'n2', 'silent'),
      registered('c1', 'n2', 2),
      gone('c1', 'n2', 'unregistered'),
    ]);
    assert.deepEqual([result.verdict, result.facts], ['valid', { changes: 6 }]);
  });

  it('refuses the return of an older master', () => {
    const result = checkRoutes([registered('c1', 'n2', 2), registered('c1', 'n1', 1)]);
    assert.deepEqual(result.anomalyCounts, { 'split-route': 1 });
    assert.equal(
      result.anomalies[0]?.detail,
      'c1 gave the route of a to n1 of epoch 1 after it knew the master of epoch 2',
    );
  });

  it('knows that a nameserver which starts again knows nothing', () => {
    const start = { time: 1, node: 'c1', event: 'node-started' };
    assert.equal(checkRoutes([registered('c1', 'n2', 2), start, registered('c1', 'n1', 1)]).verdict, 'valid');
  });

  it('refuses a route that is taken away on the word of another broker', () => {
    const result = checkRoutes([registered('c1', 'n2', 2), gone('c1', 'n1', 'unregistered')]);
    assert.deepEqual(result.anomalyCounts, { 'split-route': 1 });
  });
});
