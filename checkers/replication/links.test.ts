import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkLinks } from './links.ts';

const link = (state: string, more: object = {}) => ({
  time: 5,
  node: 'n2',
  event: 'ha-connection',
  peer: 1,
  state,
  ...more,
});

describe('the checker of replication links', () => {
  it('accepts links that break', () => {
    const result = checkLinks([link('following'), link('lost'), link('following')]);
    assert.deepEqual([result.verdict, result.facts], ['valid', { links: 2 }]);
  });

  it('takes what is told of other things for no link', () => {
    const other = link('following', { event: 'client-connection', unreadable: 'a packet of 7 bytes' });
    const result = checkLinks([other]);
    assert.deepEqual([result.verdict, result.facts], ['valid', { links: 0 }]);
  });

  it('refuses one that brought bytes which are no packet', () => {
    const result = checkLinks([link('following'), link('lost', { unreadable: 'a packet of 7 bytes' })]);
    assert.deepEqual(result.anomalyCounts, { 'broken-link': 1 });
    assert.equal(
      result.anomalies[0]?.detail,
      'n2 could not read what its master, broker 1, had sent: a packet of 7 bytes',
    );
  });
});
