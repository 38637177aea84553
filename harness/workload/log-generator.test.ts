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

  it('reads the newest messages, and old ones anywhere, below the end it knows', () => {
    const froms = generate(5, 5000).flatMap((request) =>
      request.f === 'pull' && !request.tail ? [request.from] : [],
    );
    assert.ok(froms.every((from) => from >= 0 && from < 1000));
    const recent = froms.filter((from) => from >= 1000 - 64).length;
    assert.ok(recent * 3 > froms.length, `${recent} of ${froms.length} are recent`);
    assert.ok(froms.some((from) => from < 100));
  });

  it('asks for the end of a queue of which it knows nothing', () => {
    const generator = new LogGenerator(SimRandom.fromSeed(6), 1);
    const pulls = Array.from({ length: 100 }, () => generator.next(1)).filter(({ f }) => f === 'pull');
    assert.ok(pulls.length > 0);
    assert.ok(pulls.every((request) => request.f === 'pull' && request.tail && request.from === 0));
  });

  it('takes the highest end it was told', () => {
    const generator = new LogGenerator(SimRandom.fromSeed(7), 1);
    generator.saw(0, 50);
    generator.saw(0, 20);
    const tails = Array.from({ length: 100 }, () => generator.next(1)).flatMap((request) =>
      request.f === 'pull' && request.tail ? [request.from] : [],
    );
    assert.ok(tails.length > 0);
    assert.ok(tails.every((from) => from === 50));
  });
});
