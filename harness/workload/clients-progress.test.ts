import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ClientsProgress, waitingText } from './clients-progress.ts';
import type { LogClient, Outcome } from './log-client.ts';

type Sent = Outcome<{ readonly offset: number }>;

/** Sends are answered as it says; pulls find nothing, which is an answer. */
function clientThat(sends: () => Promise<Sent>): LogClient {
  return {
    send: sends,
    pull: () => Promise.resolve({ kind: 'ok', value: { messages: [] }, node: 'n1' }),
    maxOffset: () => Promise.resolve({ kind: 'ok', value: { offset: 0 }, node: 'n1' }),
    close: () => Promise.resolve(),
  };
}

const acknowledged: Sent = { kind: 'ok', value: { offset: 0 }, node: 'n1' };
const refused: Sent = { kind: 'fail', error: 'not the master', node: 'n2' };

describe('the progress of clients', () => {
  it('is made by one acknowledged send and one answered pull, both asked after the beginning', async () => {
    const progress = new ClientsProgress();
    let answer: (sent: Sent) => void = () => undefined;
    const client = progress.watch(
      'w1',
      clientThat(
        () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      ),
    );
    const early = client.send(0, 'early');
    progress.begin();
    answer(acknowledged);
    await early;
    await client.pull(0, 0, 1);
    assert.deepEqual(
      progress.waiting().map(({ lacks }) => lacks),
      [['send']],
    );
    const late = client.send(0, 'late');
    answer(acknowledged);
    await late;
    assert.deepEqual(progress.waiting(), []);
  });

  it('is missed by a client that tries in vain: what it got last is told', async () => {
    const progress = new ClientsProgress();
    const client = progress.watch(
      'w2',
      clientThat(() => Promise.resolve(refused)),
    );
    progress.begin();
    await client.pull(0, 0, 1);
    await client.send(0, 'a');
    const [stuck, ...more] = progress.stuck();
    assert.deepEqual(more, []);
    assert.ok(stuck !== undefined);
    assert.equal(
      waitingText(stuck),
      'w2 (no send acknowledged; the last answer, of n2: send fail: not the master)',
    );
  });

  it('is missed by a client that waits without end, not by one whose turn never came', () => {
    const progress = new ClientsProgress();
    const hung = progress.watch(
      'w1',
      clientThat(() => new Promise(() => undefined)),
    );
    progress.watch(
      'w2',
      clientThat(() => Promise.resolve(acknowledged)),
    );
    void hung.send(0, 'a');
    progress.begin();
    assert.deepEqual(
      progress.stuck().map(({ client }) => client),
      ['w1'],
    );
    assert.deepEqual(
      progress.waiting().map(({ client }) => client),
      ['w1', 'w2'],
    );
  });
});
