import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { formatAddress, parseAddress } from './address.ts';

describe('an address', () => {
  it('is divided at its last colon', () => {
    assert.deepEqual(parseAddress('n1:10911'), { host: 'n1', port: 10911 });
    assert.deepEqual(parseAddress('[fe80::1]:9876'), { host: 'fe80::1', port: 9876 });
  });

  it('is written as it was read', () => {
    for (const text of ['n1:10911', '127.0.0.1:9876', '[fe80::1]:9876']) {
      const address = parseAddress(text);
      assert(address !== undefined);
      assert.equal(formatAddress(address), text);
    }
  });

  for (const text of [
    '',
    'n1',
    ':1',
    'n1:',
    'n1:0',
    'n1:65536',
    'n1:1x',
    'fe80::1:9876',
    ' :5',
    'n1:123456',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => assert.equal(parseAddress(text), undefined));
  }
});
