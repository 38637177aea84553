import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { JsonLineError, jsonLines, textLines } from './json-lines.ts';

describe('files of lines', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'json-lines-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function file(text: string): string {
    const path = join(folder, 'some.jsonl');
    writeFileSync(path, text);
    return path;
  }

  it('gives a value for each line', () => {
    assert.deepEqual([...jsonLines(file('{"a":1}\n{"a":2}\n'))], [{ a: 1 }, { a: 2 }]);
  });

  it('leaves out a last line that a dying process began', () => {
    assert.deepEqual([...jsonLines(file('{"a":1}\n{"a":2}\n{"a":'))], [{ a: 1 }, { a: 2 }]);
    assert.deepEqual([...jsonLines(file('{"a":1}\n{"a":2}'))], [{ a: 1 }], 'whole or not: who knows');
    assert.deepEqual([...jsonLines(file('{"a'))], []);
  });

  it('names file and line of anything else that is no JSON', () => {
    const path = file('{"a":1}\n\nnot json\n{"a":2}\n');
    assert.throws(
      () => [...jsonLines(path)],
      (error) =>
        error instanceof JsonLineError &&
        error.message.includes(`${path}:3: wanted one JSON value, got "not json"`),
    );
  });

  it('goes on behind such a line where somebody takes it', () => {
    const bad: string[] = [];
    const values = [...jsonLines(file('{"a":1}\n{"a":\n{"a":2}\n'), ({ message }) => bad.push(message))];
    assert.deepEqual(values, [{ a: 1 }, { a: 2 }]);
    assert.equal(bad.length, 1);
  });

  it('has no lines where there is no file, or an empty one', () => {
    assert.deepEqual([...jsonLines(join(folder, 'missing'))], []);
    assert.deepEqual([...jsonLines(file(''))], []);
  });

  it('keeps letters whole that stand across the pieces in which the file is read', () => {
    const lines = Array.from(
      { length: 40_000 },
      (_, at) => `{"text":"${'ü€😀'.repeat(1 + (at % 7))}","at":${at}}`,
    );
    const values = [...jsonLines<{ text: string; at: number }>(file(`${lines.join('\n')}\n`))];
    assert.equal(values.length, lines.length);
    assert.ok(values.every(({ text, at }) => at >= 0 && text === 'ü€😀'.repeat(1 + (at % 7))));
  });

  it('reads a line longer than a piece', () => {
    const text = 'x'.repeat(3 << 20);
    assert.deepEqual([...jsonLines(file(`{"a":1}\n"${text}"\n{"a":2}\n`))], [{ a: 1 }, text, { a: 2 }]);
  });

  it('gives the last words of a log too', () => {
    assert.deepEqual([...textLines(file('one\ntwo\nFATAL'))], ['one', 'two', 'FATAL']);
    assert.deepEqual([...textLines(file('one\n'))], ['one']);
  });
});
