import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { PersistEffect } from '../raft/raft-effect.ts';
import { decodeCurrentTerm, encodeCurrentTerm } from './current-term-file.ts';
import { DledgerStoreError } from './dledger-errors.ts';
import { DledgerStore, foldPersists } from './dledger-store.ts';

const folder = 'store/dledger-c1';

function hardState(sequence: number, term: number, vote?: string): PersistEffect {
  return { kind: 'persist', sequence, what: 'hard-state', hardState: { term, vote } };
}

function entries(sequence: number, firstIndex: number, ...terms: readonly number[]): PersistEffect {
  return {
    kind: 'persist',
    sequence,
    what: 'entries',
    firstIndex,
    entries: terms.map((term, place) => ({ index: firstIndex + place, term, body: Buffer.from('b') })),
  };
}

class StoreScene {
  readonly world = new SimWorld(5);
  readonly host = this.world.host('c1');
  readonly persisted: number[] = [];
  readonly failures: unknown[] = [];

  async open(): Promise<DledgerStore> {
    if (this.host.running) this.host.kill({ powerCut: true });
    return this.world.settle(DledgerStore.open(this.host.start().disk, folder));
  }

  persist(store: DledgerStore, effect: PersistEffect): void {
    store.persist(effect, {
      persisted: (sequence) => this.persisted.push(sequence),
      full: () => Promise.reject(new Error('the disk of this test is never full')),
      failed: (error) => this.failures.push(error),
    });
  }
}

describe('the durable side of a DLedger member', () => {
  it('begins with nothing and gives back what it called persisted, after a power cut', async () => {
    const scene = new StoreScene();
    const store = await scene.open();
    assert.deepEqual(store.restored, { term: 0, vote: undefined, entries: [] });
    scene.persist(store, hardState(1, 3, 'c2'));
    scene.persist(store, entries(2, 0, 1, 2, 3));
    await scene.world.run(() => scene.persisted.includes(2), 1000);
    const again = await scene.open();
    assert.equal(again.restored.term, 3);
    assert.equal(again.restored.vote, 'c2');
    assert.deepEqual(
      again.restored.entries.map(({ term }) => term),
      [1, 2, 3],
    );
  });

  it('writes at once what gathered during a write', async () => {
    const scene = new StoreScene();
    const store = await scene.open();
    scene.persist(store, hardState(1, 1));
    for (let sequence = 2; sequence <= 100; sequence += 1)
      scene.persist(store, entries(sequence, sequence - 2, 1));
    await scene.world.run(() => scene.persisted.includes(100), 1000);
    assert(scene.persisted.length <= 2, scene.persisted.join());
  });

  it('writes no more after a failure', async () => {
    const scene = new StoreScene();
    const store = await scene.open();
    scene.host.disk.fail({ operation: 'sync', pathPart: 'data', countMax: 1 });
    scene.persist(store, entries(1, 0, 0));
    scene.persist(store, entries(2, 1, 0));
    await scene.world.runFor(100);
    scene.persist(store, entries(3, 2, 0));
    await scene.world.runFor(100);
    assert.deepEqual(scene.persisted, []);
    assert.equal(scene.failures.length, 1);
  });

  it('finishes the write under way when it is closed, and lets the folder go', async () => {
    const scene = new StoreScene();
    const store = await scene.open();
    scene.persist(store, hardState(1, 4));
    await scene.world.settle(store.close());
    assert.deepEqual(scene.persisted, []);
    const again = await scene.open();
    assert.equal(again.restored.term, 4);
  });

  it('is for one process at a time', async () => {
    const scene = new StoreScene();
    const { disk } = scene.host.start();
    await scene.world.settle(DledgerStore.open(disk, folder));
    await assert.rejects(scene.world.settle(DledgerStore.open(disk, folder)), { code: 'EBUSY' });
  });

  it('refuses a log whose vote is lost, damaged or older than its entries', async () => {
    const scene = new StoreScene();
    const store = await scene.open();
    scene.persist(store, hardState(1, 2, 'c1'));
    scene.persist(store, entries(2, 0, 2));
    await scene.world.run(() => scene.persisted.includes(2), 1000);
    const path = `${folder}/currterm`;
    scene.host.disk.writeFile(path, Buffer.from(encodeCurrentTerm({ term: 1, vote: undefined })));
    await assert.rejects(scene.open(), /the log ends in term 2, but currterm says 1.*While a majority/);
    scene.host.disk.flipBits(path, 9, 2);
    await assert.rejects(scene.open(), DledgerStoreError);
    scene.host.disk.remove(path);
    await assert.rejects(scene.open(), /there are 1 entries but no file currterm/);
  });
});

describe('term and vote as text', () => {
  it('come back as they were', () => {
    for (const vote of [undefined, 'n0', 'a-b']) {
      assert.deepEqual(decodeCurrentTerm(encodeCurrentTerm({ term: 12, vote })), { term: 12, vote });
    }
    assert.equal(encodeCurrentTerm({ term: 7, vote: 'n1' }), 'currTerm=7\nvoteLeader=n1\ncrc=369415b5\n');
  });

  it('are refused when a byte is wrong or missing', () => {
    const text = encodeCurrentTerm({ term: 12, vote: 'n0' });
    for (let at = 0; at < text.length; at += 1) {
      assert.equal(decodeCurrentTerm(text.slice(0, at)), undefined);
      const changed = `${text.slice(0, at)}${text[at] === '1' ? '2' : '1'}${text.slice(at + 1)}`;
      assert.equal(decodeCurrentTerm(changed), undefined);
    }
  });
});

describe('many persists folded into one', () => {
  it('end as they would one after another', () => {
    const folded = foldPersists([
      entries(1, 5, 1, 1, 1),
      hardState(2, 2),
      entries(3, 7, 2),
      entries(4, 8, 2, 2),
      hardState(5, 3, 'c3'),
      entries(6, 4, 3),
    ]);
    assert.equal(folded.sequence, 6);
    assert.deepEqual(folded.hardState, { term: 3, vote: 'c3' });
    assert.equal(folded.firstIndex, 4);
    assert.deepEqual(
      folded.entries.map(({ index, term }) => [index, term]),
      [[4, 3]],
    );
  });

  it('keep what a later one does not touch', () => {
    const folded = foldPersists([entries(1, 5, 1, 1, 1), entries(2, 7, 2, 2)]);
    assert.deepEqual(
      folded.entries.map(({ index, term }) => [index, term]),
      [
        [5, 1],
        [6, 1],
        [7, 2],
        [8, 2],
      ],
    );
  });

  it('are asserted to leave no gap', () => {
    assert.throws(() => foldPersists([entries(1, 5, 1), entries(2, 7, 1)]), /entry 7 does not follow/);
  });
});
