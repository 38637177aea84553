import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimRandom } from '../../harness/deployment/sim/sim-random.ts';
import { PendingRequest } from './pending-request.ts';
import { SentRequests } from './sent-requests.ts';

function pendingWith(opaque: number): PendingRequest {
  const pending = new PendingRequest({ expired: () => undefined }, { code: 1 }, 1000, () => undefined, false);
  pending.opaque = opaque;
  return pending;
}

describe('the table of sent requests', () => {
  it('holds the same requests as a map does, whatever waits long', () => {
    const random = SimRandom.fromSeed(3);
    const table = new SentRequests();
    const model = new Map<number, PendingRequest>();
    for (let opaque = 1; opaque < 300_000; opaque++) {
      const pending = pendingWith(opaque);
      table.add(pending);
      model.set(opaque, pending);
      // Most are answered soon; one in fifty waits for good.
      const answered = opaque - random.below(700);
      if (answered % 50 !== 0) assert.equal(table.remove(answered), model.get(answered));
      if (answered % 50 !== 0) model.delete(answered);
      assert.equal(table.size, model.size);
    }
    for (const [opaque, pending] of model) assert.equal(table.get(opaque), pending);
    assert.equal(table.get(5_000_000), undefined);
    assert.equal(table.remove(5_000_000), undefined);
    assert.deepEqual(
      table.takeAll().map(({ opaque }) => opaque),
      [...model.keys()],
    );
    assert.equal(table.size, 0);
  });

  it('goes on when opaques begin anew', () => {
    const table = new SentRequests();
    const old = pendingWith(1);
    table.add(old);
    const late = pendingWith(0x7fffffff);
    table.add(late);
    assert.equal(table.remove(1), old);
    table.add(pendingWith(1));
    assert.equal(table.get(0x7fffffff), late);
  });
});
