import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { parseArguments } from '../harness/cli/parse-options.ts';

const folder = '.github/workflows';
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** The commands of a workflow: `run:` with all on one line. */
const commands = readdirSync(folder).flatMap((file) =>
  readFileSync(`${folder}/${file}`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const command = /^\s*(?:- )?run: (.*)$/.exec(line)?.[1];
      return command === undefined ? [] : [{ file, command }];
    }),
);

describe('the workflows', () => {
  it('call npm scripts that there are, and nothing else', () => {
    assert.ok(commands.length >= 8);
    for (const { file, command } of commands) {
      const name =
        /^npm (test)$/.exec(command)?.[1] ?? /^npm run ([\w:-]+)( -- [^;&|]*)?$/.exec(command)?.[1];
      assert.ok(name !== undefined && name in scripts, `${file}: ${command}`);
    }
  });

  it('use options that the command line knows', () => {
    for (const { file, command } of commands) {
      const [, words] = /^npm run jepsen -- (.*)$/.exec(command) ?? [];
      if (words === undefined) continue;
      // What is worked out there is a number here.
      const typed = words.replace(/\$\{\{.*?\}\}/g, '1').replace(/"\$\(\(.*?\)\)"/g, '1');
      assert.doesNotThrow(() => parseArguments(typed.split(' ')), `${file}: ${command}`);
    }
  });

  it('indent by spaces, two by two', () => {
    for (const file of readdirSync(folder)) {
      const odd = readFileSync(`${folder}/${file}`, 'utf8')
        .split('\n')
        .filter((line) => /^\s*\t/.test(line) || (/^( *)\S/.exec(line)?.[1] ?? '').length % 2 === 1);
      assert.deepEqual(odd, [], file);
    }
  });
});
