import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { encodeEpochFile } from '../../cluster/ha/epoch-file-text.ts';
import { encodeMessage } from '../../cluster/message/encode-message.ts';
import { filesUnder } from '../deployment/stored-files.ts';
import { observeReplica } from './observe-replica.ts';

const record = (physicalOffset: number, body: string) =>
  encodeMessage({
    queueId: 0,
    flag: 0,
    queueOffset: 0,
    physicalOffset,
    sysFlag: 0,
    bornTimestamp: 1,
    bornHost: { ip: '127.0.0.1', port: 1 },
    storeTimestamp: 1,
    storeHost: { ip: '127.0.0.1', port: 1 },
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: Buffer.from(body),
    topic: 't',
    properties: '',
  });

describe('the observation of a stopped replica', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'observe-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A store of one file: these bodies, then `tail`. */
  function store(name: string, bodies: readonly string[], tail: Uint8Array) {
    const storeFolder = join(folder, name, 'store');
    mkdirSync(join(storeFolder, 'commitlog'), { recursive: true });
    const records: Uint8Array[] = [];
    let at = 0;
    for (const body of bodies) {
      const bytes = record(at, body);
      records.push(bytes);
      at += bytes.length;
    }
    writeFileSync(join(storeFolder, 'commitlog', '00000000000000000000'), Buffer.concat([...records, tail]));
    writeFileSync(join(storeFolder, 'epochFileCheckpoint'), encodeEpochFile([{ epoch: 2, startOffset: 0 }]));
    return at;
  }

  it('has every whole record up to the first place where there is none', () => {
    const end = store('n1', ['one', 'two', 'three'], Buffer.alloc(1000));
    const seen = observeReplica('broker-a', 'n1', filesUnder(join(folder, 'n1')));
    assert.deepEqual([seen.minOffset, seen.maxOffset, seen.records.length], [0, end, 3]);
    assert.deepEqual(seen.epochs, [{ epoch: 2, startOffset: 0 }]);
    assert.ok(seen.records.every(({ from }, at) => from === (seen.records[at - 1]?.to ?? 0)));
  });

  it('leaves out a record that is cut off', () => {
    const end = store('n2', ['one'], record(record(0, 'one').length, 'two').subarray(0, 60));
    assert.equal(observeReplica('broker-a', 'n2', filesUnder(join(folder, 'n2'))).maxOffset, end);
  });

  it('gives equal records equal digests, and others not', () => {
    store('n3', ['same', 'this'], Buffer.alloc(0));
    store('n4', ['same', 'that'], Buffer.alloc(0));
    const one = observeReplica('broker-a', 'n3', filesUnder(join(folder, 'n3')));
    const other = observeReplica('broker-a', 'n4', filesUnder(join(folder, 'n4')));
    assert.equal(one.records[0]?.digest, other.records[0]?.digest);
    assert.notEqual(one.records[1]?.digest, other.records[1]?.digest);
  });

  it('tells of a record once, however many replicas hold it', () => {
    store('n7', ['same', 'this'], Buffer.alloc(0));
    store('n8', ['same', 'that'], Buffer.alloc(0));
    const told = new Set<string>();
    const messages = ['n7', 'n8'].map((node) =>
      observeReplica('broker-a', node, filesUnder(join(folder, node)), told).records.map(
        ({ message }) => message,
      ),
    );
    assert.deepEqual(messages, [
      ['t/0@0', 't/0@0'],
      [undefined, 't/0@0'],
    ]);
  });

  it('finds nothing in a store that was never written', () => {
    assert.deepEqual(observeReplica('broker-a', 'n5', filesUnder(join(folder, 'n5'))), {
      brokerName: 'broker-a',
      node: 'n5',
      epochs: [],
      minOffset: 0,
      maxOffset: 0,
      confirmOffset: 0,
      records: [],
    });
  });
});
