import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { ScriptGroup } from './testing/script-group.ts';

describe('the scenario of two leaders that change the group', () => {
  it('B89: overwrites what was committed where a leader need not commit an entry of its own first', () => {
    const script = readFileSync(`${process.cwd()}/cluster/raft/scripts/membership-two-leaders.txt`, 'utf8');
    const group = new ScriptGroup();
    group.play('changes-too-early');
    assert.throws(() => {
      for (const line of script.split('\n')) if (line.startsWith('> ')) group.play(line.slice(2));
    }, /a has term \d at the committed entry \d of term \d/);
  });
});
