import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GrowingFile, jsonValues } from './growing-file.ts';

describe('a file that grows', () => {
  let folder = '';
  let path = '';
  let file: GrowingFile;
  let again = 0;
  const look = async () => {
    const values: unknown[] = [];
    await file.read(
      (text) => values.push(...jsonValues(text)),
      () => {
        again += 1;
      },
    );
    return values;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'growing-file-'));
    path = join(folder, 'history.jsonl');
    file = new GrowingFile(path);
    again = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives each line once, when it is whole', async () => {
    assert.deepEqual(await look(), []);
    writeFileSync(path, '1\n2\n{"a":');
    assert.deepEqual(await look(), [1, 2]);
    appendFileSync(path, '"ä');
    assert.deepEqual(await look(), []);
    appendFileSync(path, '"}\n3\n');
    assert.deepEqual(await look(), [{ a: 'ä' }, 3]);
    assert.deepEqual(await look(), []);
  });

  it('gives lines that are longer than what is read at once', async () => {
    const long = 'x'.repeat(700_000);
    writeFileSync(path, `"${long}"\n7\n`);
    assert.deepEqual(await look(), [long, 7]);
  });

  it('leaves out a line that is no JSON, and no other', async () => {
    writeFileSync(path, '1\n{"torn\n3\n');
    assert.deepEqual(await look(), [1, 3]);
  });

  it('stops where that is enough, and goes on from there', async () => {
    writeFileSync(path, `"${'x'.repeat(300_000)}"\n2\n`);
    const lengths: number[] = [];
    const lines = (text: string) => lengths.push(text.length);
    const isWhole = () =>
      file.read(
        lines,
        () => undefined,
        () => true,
      );
    assert.deepEqual([await isWhole(), lengths.length], [false, 0]);
    assert.deepEqual([await isWhole(), lengths], [true, [300_004]]);
  });

  it('begins again where the file was written anew', async () => {
    writeFileSync(path, '1\n2\n3\n');
    await look();
    writeFileSync(path, '4\n');
    assert.deepEqual([await look(), again], [[4], 1]);
  });
});
