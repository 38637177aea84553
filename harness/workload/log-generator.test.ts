import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimRandom } from '../deployment/sim/sim-random.ts';
import { LogGenerator } from './log-generator.ts';

describe('the log workload', () => {
  const generate = (seed: number, count: number) => {
    const generator = new LogGenerator(SimRandom.fromSeed(seed), 4);
    for (let queueId = 0; queueId < 4; queueId += 1) generator.saw(queueId, 1000);
    return Array.from({ length: count }, () => generator.next(7));
  };

  it('is a function of its seed', () => {
    assert.deepEqual(generate(1, 500), generate(1, 500));
    assert.notDeepEqual(generate(1, 500), generate(2, 500));
  });

  it('never sends a message twice', () => {
    const messages = generate(3, 5000).flatMap((request) => (request.f === 'send' ? [request.message] : []));
    assert.ok(messages.length > 2000);
    assert.equal(new Set(messages).size, messages.length);
  });

  it('pulls at the tail at least once in five pulls', () => {
    const pulls = generate(4, 5000).flatMap((request) => (request.f === 'pull' ? [request] : []));
    const tails = pulls.filter(({ tail }) => tail);
    assert.ok(tails.length * 5 >= pulls.length, `${tails.length} of ${pulls.length}`);
    assert.ok(tails.every(({ from }) => from === 1000));
  });

  it('reads again from an old offset once it has read everything', () => {
    const generator = new LogGenerator(SimRandom.fromSeed(5), 1);
    generator.saw(0, 100, 100);
    const pulls = Array.from({ length: 200 }, () => generator.next(1)).flatMap((request) =>
      request.f === 'pull' && !request.tail ? [request.from] : [],
    );
    assert.ok(pulls.length > 0);
    assert.ok(pulls.every((from) => from < 100));
  });
});
