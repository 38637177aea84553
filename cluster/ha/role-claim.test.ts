import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { refusalOf } from './role-claim.ts';

const promised = { masterEpoch: 5, masterBrokerId: 1 };
const claim = (kind: 'master' | 'slave', masterEpoch: number, masterBrokerId: number, ownEpoch = 0) =>
  refusalOf({ kind, masterEpoch, masterBrokerId }, promised, ownEpoch);

describe('a claim to a role', () => {
  it('R1: of an older epoch is refused', () => {
    assert.equal(claim('slave', 4, 1), 'it is over');
    assert.equal(claim('master', 4, 1), 'it is over');
  });

  it('of a newer epoch is taken', () => {
    assert.equal(claim('slave', 6, 2), undefined);
    assert.equal(claim('master', 6, 3), undefined);
  });

  it('G4: of the same epoch is refused when another broker owns it', () => {
    assert.match(claim('slave', 5, 2) ?? '', /its master is broker 1, not 2/);
  });

  it('S3: to go on as master is refused to another life, and granted to the same one', () => {
    assert.match(claim('master', 5, 1) ?? '', /another life/);
    assert.equal(claim('master', 5, 1, 5), undefined);
    assert.equal(claim('slave', 5, 1), undefined);
  });
});
