import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { helpText } from './help.ts';
import { type OptionRow, optionsTable } from './options-table.ts';
import { parseArguments } from './parse-options.ts';

const lines = helpText().split('\n');

describe('--help', () => {
  it('fits 80 columns', () => {
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    );
  });

  it('has every option of the table, with its default and its values', () => {
    const text = lines.join(' ').replace(/\s+/g, ' ');
    for (const { name, default: usual, values, doc } of optionsTable as readonly OptionRow[]) {
      assert.ok(text.includes(` --${name} `), name);
      assert.ok(text.includes(doc), name);
      if (usual !== undefined) assert.ok(text.includes(`[${usual}]`), name);
      if (values !== undefined) assert.ok(text.includes(`of ${values.join(', ')}.`), name);
    }
  });

  it('has three examples that work, and every exit code', () => {
    const examples = lines.filter((line) => line.startsWith('  npm run jepsen -- '));
    assert.equal(examples.length, 3);
    for (const example of examples) parseArguments(example.trim().split(' ').slice(4));
    for (const code of ['0 valid', '1 invalid', '2 unknown', '254 ', '255 '])
      assert.ok(helpText().includes(code), code);
  });
});
