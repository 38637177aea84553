import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Anomaly } from '../anomaly.ts';
import { ClusterStory } from './cluster-story.ts';
import { explainAnomaly, type OperationFacts } from './explain-anomaly.ts';

const s = 1e9;
const trace = [
  { time: 0, node: 'n2', event: 'epoch-started', masterEpoch: 4, startOffset: 100 },
  { time: 0, node: 'n2', event: 'role-changed', role: 'master', masterEpoch: 4 },
  { time: 12.9 * s, node: 'n3', event: 'epoch-started', masterEpoch: 5, startOffset: 118 },
  { time: 12.9 * s, node: 'n3', event: 'role-changed', role: 'master', masterEpoch: 5 },
  { time: 13 * s, node: 'n2', event: 'role-changed', role: 'slave', masterEpoch: 5 },
  { time: 13.1 * s, node: 'n2', event: 'truncated', from: 240, to: 118, confirmOffset: 110 },
  { time: 40 * s, node: 'n1', event: 'node-started' },
];
const story = new ClusterStory(trace);
const operation = (more: Partial<OperationFacts>): OperationFacts => ({
  ...{
    index: 7,
    f: 'send',
    type: 'ok',
    process: 3,
    queue: 't1/2',
    node: 'n2',
    call: 12.4 * s,
    ret: 12.408 * s,
    text: '"m" @118',
  },
  ...more,
});
const lost: Anomaly = { name: 'lost-ack-write', detail: '', operations: [7] };
const explain = (...operations: readonly OperationFacts[]) =>
  explainAnomaly(lost, operations, story, 60 * s) ?? '';

describe('the explanation of an anomaly', () => {
  it('says who acknowledged under which epoch, who became master after, and what was cut', () => {
    const pull = operation({
      index: 9,
      f: 'pull',
      node: 'n3',
      call: 14 * s,
      ret: 14.002 * s,
      text: 'from 118: empty',
    });
    assert.equal(
      explain(operation({}), pull),
      '"m" was acknowledged by n2 (master of epoch 4) as t1/2@118 (asked at 12.400 s, #op=7) at 12.408 s; ' +
        'n3 became master of epoch 5, which starts at byte 118 at 12.900 s; ' +
        'n2 cut its log from byte 240 back to byte 118 (it knew 110 as confirmed) at 13.100 s; ' +
        'n3 (master of epoch 5) answered a pull of t1/2 from 118: empty (asked at 14.000 s, #op=9) at 14.002 s',
    );
  });

  it('goes on to the end of the run where one operation alone is known', () => {
    assert.match(explain(operation({})), /n2 cut its log .*; n1 started at 40\.000 s$/);
  });

  it('tells of sends without an answer, refused ones, and claims about the end', () => {
    assert.match(
      explain(operation({ type: 'info', ret: undefined, text: '"m"' })),
      /^process 3 began send "m" on t1\/2, asked n2 and never got an answer \(#op=7\)/,
    );
    assert.match(
      explain(operation({ type: 'fail', text: '"m" code 17' })),
      /^the send of "m" to t1\/2 was refused by n2 \(master of epoch 4\), "code 17" \(asked/,
    );
    assert.match(
      explain(operation({ f: 'max-offset', text: '118' })),
      /^n2 \(master of epoch 4\) said that t1\/2 ends at 118/,
    );
    assert.match(
      explain(operation({ f: 'pull', type: 'fail', text: 'from 12 code 1' })),
      /^pull of t1\/2 from 12 code 1 got no answer from n2 \(master of epoch 4\) \(asked/,
    );
  });

  it('has a word for a broker that nobody knows', () => {
    assert.match(explain(operation({ node: '' })), /^"m" was acknowledged by a broker as t1\/2@118/);
  });

  it('knows that a master lays down its role, also by dying', () => {
    assert.equal(story.epochOf('n2', 12.9 * s), 4);
    assert.equal(story.epochOf('n2', 13 * s), undefined);
    assert.equal(story.epochOf('n3', 50 * s), 5);
    const died = new ClusterStory([...trace, { time: 50 * s, node: 'n3', event: 'node-started' }]);
    assert.equal(died.epochOf('n3', 50 * s), undefined);
  });

  it('tells what happened to the nodes around a moment, where there is no operation', () => {
    const anomaly: Anomaly = {
      name: 'prefix-divergence',
      detail: '',
      operations: [],
      at: 13 * s,
      nodes: ['n2'],
    };
    assert.match(explainAnomaly(anomaly, [], story, 60 * s) ?? '', /^n2 cut its log/);
    assert.equal(explainAnomaly({ ...anomaly, at: 30 * s }, [], story, 60 * s), undefined);
    assert.equal(explainAnomaly({ name: 'stuck', detail: '', operations: [] }, [], story, 60 * s), undefined);
  });
});
