import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';

function run(
  args: readonly string[],
  input: string,
): { status: number | null; stdout: string; stderr: string } {
  const program = fileURLToPath(new URL('./main.js', import.meta.url));
  return spawnSync(process.execPath, [program, ...args], { input, encoding: 'utf8' });
}

describe('the command', () => {
  it('says what is illegal, and why, and exits with 1', () => {
    const history = [
      { client: 'a', input: { f: 'put', key: 'x', value: '1' }, call: 0, return: 1 },
      { client: 'a', input: { f: 'put', key: 'x', value: '2' }, call: 2, return: 3 },
      { client: 'b', input: { f: 'get', key: 'x' }, output: '1', call: 4, return: 5 },
      { client: 'b', input: { f: 'get', key: 'y' }, output: '', call: 4, return: 5 },
    ];
    const folder = mkdtempSync(join(tmpdir(), 'porcupine-'));
    const html = join(folder, 'page.html');
    const { status, stdout } = run(
      ['check', '-', '--model', 'kv', '--html', html],
      history.map((line) => JSON.stringify(line)).join('\n'),
    );
    assert.equal(status, 1);
    assert.match(
      stdout,
      /^illegal: 4 operations of 2 keys, \d+ steps, \d+ ms\nkey "x"\nNo order of these 3 operations explains their answers: put\("x", "1"\)/,
    );
    assert.match(stdout, /the state is {"x": "2"}, and get\("x"\) -> "1" cannot follow\.\n$/);
    assert.match(readFileSync(html, 'utf8'), /^<!doctype html>[\s\S]*<title>kv: illegal<\/title>/);
    rmSync(folder, { recursive: true });
  });

  it('says what it wanted when it is asked wrongly, and exits with 254', () => {
    const wrong = run(['check', '-', '--model', 'kw'], '');
    assert.deepEqual(
      [wrong.status, wrong.stderr.startsWith('porcupine-ts: --model: wanted one of register, cas-register,')],
      [254, true],
    );
  });
});
