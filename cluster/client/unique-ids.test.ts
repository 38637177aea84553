import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { UniqueIds } from './unique-ids.ts';

describe('unique message ids', () => {
  it('are 32 upper-case hex digits, none twice', () => {
    const ids = new UniqueIds(new SimWorld(1).host('w1').start());
    const seen = new Set(Array.from({ length: 200_000 }, () => ids.next()));
    assert.equal(seen.size, 200_000);
    for (const id of seen) assert.match(id, /^[0-9A-F]{32}$/);
  });

  it('do not come again when the wall clock goes back', () => {
    const ids = new UniqueIds(new SimWorld(1).host('w1').start());
    const seen = new Set<string>();
    for (const wallMs of [2e12, 1e12, 2e12, 2e12 + 1]) {
      for (let count = 0; count < 70_000; count++) seen.add(ids.next(wallMs));
    }
    assert.equal(seen.size, 280_000);
  });

  it('differ between two clients', () => {
    const world = new SimWorld(1);
    const [one, other] = [world.host('w1').start(), world.host('w2').start()];
    assert.notEqual(new UniqueIds(one).next().slice(0, 20), new UniqueIds(other).next().slice(0, 20));
  });
});
