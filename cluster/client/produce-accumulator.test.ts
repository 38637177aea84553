import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import type { OutgoingMessage } from './outgoing-message.ts';
import { mayBatch, outcomeOfMember, ProduceAccumulator } from './produce-accumulator.ts';
import type { Gathered } from './sending.ts';

const noClock = { monotonicMs: () => 0, wallMs: () => 0, after: () => ({ cancel: () => undefined }) };

function gathered(text: string, fields: Partial<OutgoingMessage> = {}): Gathered {
  const message = { topic: 't', body: Buffer.from(text), ...fields };
  return { message, messageId: text, bornTimestamp: 0, deadlineMs: 0, done: () => undefined };
}

/** What goes out, batch by batch, and the end of the turn. */
function gatheringOf(bytesMax: number) {
  const batches: string[][] = [];
  const turns: (() => void)[] = [];
  const clock = { ...noClock, soon: (fire: () => void) => void turns.push(fire) };
  const accumulator = new ProduceAccumulator(clock, bytesMax, (messages) =>
    batches.push(messages.map(({ messageId }) => messageId)),
  );
  const endTurn = () => {
    for (const fire of turns.splice(0)) fire();
  };
  return { batches, accumulator, endTurn, planned: () => turns.length };
}

describe('messages sent in one turn', () => {
  it('go out together at its end, in their order', () => {
    const { batches, accumulator, endTurn, planned } = gatheringOf(100);
    for (const text of ['a', 'b', 'c']) accumulator.add(gathered(text));
    assert.deepEqual([batches, planned()], [[], 1]);
    endTurn();
    assert.deepEqual(batches, [['a', 'b', 'c']]);
    accumulator.add(gathered('d'));
    endTurn();
    assert.deepEqual(batches, [['a', 'b', 'c'], ['d']]);
  });

  it('go out before the batch has too many bytes', () => {
    const { batches, accumulator, endTurn } = gatheringOf(6);
    for (const text of ['aa', 'bb', 'cc', 'dd', 'eeeeeeeee', 'f']) accumulator.add(gathered(text));
    assert.deepEqual(batches, [['aa', 'bb', 'cc'], ['dd'], ['eeeeeeeee']]);
    endTurn();
    assert.deepEqual(batches.at(-1), ['f']);
  });

  it('go apart by topic, queue, broker and wish to wait', () => {
    const { batches, accumulator, endTurn } = gatheringOf(100);
    const kinds: Partial<OutgoingMessage>[] = [
      {},
      { topic: 'u' },
      { queueId: 1 },
      { queueId: 1, brokerName: 'b' },
      { waitStoreMsgOk: false },
    ];
    for (const round of ['1', '2'])
      for (const [at, kind] of kinds.entries()) accumulator.add(gathered(`${at}${round}`, kind));
    accumulator.add(gathered('03', { waitStoreMsgOk: true }));
    endTurn();
    assert.deepEqual(batches, [
      ['01', '02', '03'],
      ['11', '12'],
      ['21', '22'],
      ['31', '32'],
      ['41', '42'],
    ]);
  });

  it('are never batched for a retry topic, which brokers refuse', () => {
    assert.deepEqual(
      [
        mayBatch({ topic: '%RETRY%g', body: Buffer.from('x') }),
        mayBatch({ topic: 't', body: Buffer.from('x') }),
      ],
      [false, true],
    );
  });
});

describe('the outcome of a batch', () => {
  it('gives each message its own ids and offset', () => {
    const outcome = {
      kind: 'ok',
      messageId: 'all',
      offsetMessageId: 'AA,BB,CC',
      brokerName: 'b',
      queueId: 3,
      queueOffset: 40,
      address: 'n1:1',
    } as const;
    assert.deepEqual(outcomeOfMember(outcome, gathered('m'), 1, 3), {
      ...outcome,
      messageId: 'm',
      offsetMessageId: 'BB',
      queueOffset: 41,
    });
  });

  it('is that of all its messages when it is no good', () => {
    const outcome = { kind: 'unknown', reason: 'timeout' } as const;
    assert.equal(outcomeOfMember(outcome, gathered('m'), 1, 3), outcome);
  });
});
