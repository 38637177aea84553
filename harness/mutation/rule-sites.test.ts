import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ruleSites, withoutRule } from './rule-sites.ts';

const source = [
  'function check(a) {',
  '    // if (never) this is text',
  "    if (a.includes(')') && /[(]/.test(`if (x)`))",
  '        return 1;',
  '    if (a === 2 ||',
  '        a === 3)',
  '        return 2;',
  '    return 0;',
  '}',
].join('\n');

describe('the rules of a file', () => {
  it('are its conditions, whatever strings and comments hold', () => {
    assert.deepEqual(
      ruleSites(source).map(({ condition, inside }) => [inside, condition]),
      [
        ['check', "a.includes(')') && /[(]/.test(`if (x)`)"],
        ['check', 'a === 2 || a === 3'],
      ],
    );
  });

  it('can be removed one by one', () => {
    const [, second] = ruleSites(source);
    assert.ok(second !== undefined);
    const changed = withoutRule(source, second);
    const check = new Function(`${changed}; return check;`)() as (a: string | number) => number;
    assert.deepEqual([check(')('), check('2')], [1, 0]);
    assert.match(changed, /if \(false && \(a === 2 \|\|\n {8}a === 3\)\)/);
  });
});
