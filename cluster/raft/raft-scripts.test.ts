/** RAFT_REWRITE_SCRIPTS=1 writes what happens into the scripts; read the difference before you keep it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { ScriptGroup } from './testing/script-group.ts';

const folder = `${process.cwd()}/cluster/raft/scripts`;
const rewrites = process.env['RAFT_REWRITE_SCRIPTS'] === '1';

/** Lines of a script that begin with "> " are commands; the lines after one, up to an empty line, are what it must say. */
function replay(script: string): string {
  const group = new ScriptGroup();
  const lines: string[] = [];
  let isOutput = false;
  for (const line of script.split('\n')) {
    if (line.startsWith('> ')) {
      lines.push(line, ...group.play(line.slice(2)));
      isOutput = true;
    } else if (!isOutput || line === '' || line.startsWith('#')) {
      lines.push(line);
      isOutput = false;
    }
  }
  return lines.join('\n');
}

describe('the written Raft scenarios', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));

  it('are there', () => {
    assert(names.length >= 8);
  });

  for (const name of names) {
    it(name, () => {
      const script = readFileSync(`${folder}/${name}`, 'utf8');
      const replayed = replay(script);
      if (rewrites) writeFileSync(`${folder}/${name}`, replayed);
      else assert.equal(replayed, script);
    });
  }

  it('refuses a command it does not know', () => {
    assert.throws(() => new ScriptGroup().play('jump a'), /no command "jump"; known: group/);
  });
});
