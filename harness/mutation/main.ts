/**
 * npm run mutate: removes each rule of each judge in turn and says which tests notice. Takes minutes of every core: by hand only, and nice.
 *
 *   npm run mutate -- [FOLDER...] [--out FILE]      folders of checkers/, such as queue; all where none is named
 *
 * A rule is an `if` of the compiled file. Its folder's tests and the hand-made histories run first, the naive definitions (checkers/oracle) where
 * those did not notice. What nobody notices is listed; equivalent.ts says of which this is right, and why.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { equivalenceOf } from './equivalent.ts';
import { type RuleSite, ruleSites, withoutRule } from './rule-sites.ts';

/** Judges proved elsewhere, and what is no judge. */
const leftOut: readonly string[] = ['oracle', 'porcupine-ts', 'fixtures', 'history'];
const testTimeoutMs = 60_000;

interface Rule extends RuleSite {
  readonly file: string;
  readonly folder: string;
}

type Notice = 'tests' | 'oracle' | 'nobody';

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { out: { type: 'string', default: 'results/mutations.md' } },
    allowPositionals: true,
  });
  const built = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'checkers');
  const folders = readdirSync(built, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !leftOut.includes(entry.name))
    .map(({ name }) => name);
  const unknown = positionals.find((name) => !folders.includes(name));
  if (unknown !== undefined) {
    process.stderr.write(`mutate: no judges in "${unknown}". Known: ${folders.join(', ')}\n`);
    return 254;
  }
  const rules = (positionals.length > 0 ? positionals : folders).flatMap((folder) => rulesOf(built, folder));
  mkdirSync('.build', { recursive: true });
  const notices = new Map<Rule, Notice>();
  let next = 0;
  const work = async () => {
    const bench = mkdtempSync(resolve('.build', 'mutation-'));
    try {
      cpSync(built, join(bench, 'checkers'), { recursive: true });
      if (existsSync('node_modules')) symlinkSync(resolve('node_modules'), join(bench, 'node_modules'));
      for (let rule = rules[next++]; rule !== undefined; rule = rules[next++]) {
        const notice = await noticeOf(rule, built, bench);
        notices.set(rule, notice);
        process.stderr.write(
          `${notice === 'nobody' ? 'SURVIVED' : notice.padEnd(8)} ${rule.file}: ${rule.condition}\n`,
        );
      }
    } finally {
      rmSync(bench, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  const table = tableOf(rules, notices);
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, table);
  process.stdout.write(table);
  return [...notices].some(([rule, notice]) => notice === 'nobody' && equivalenceOf(rule) === undefined)
    ? 1
    : 0;
}

function rulesOf(built: string, folder: string): Rule[] {
  const files = readdirSync(join(built, folder), { recursive: true }).map(String);
  return files
    .filter((file) => file.endsWith('.js') && !file.endsWith('.test.js'))
    .sort()
    .flatMap((file) => {
      const source = readFileSync(join(built, folder, file), 'utf8');
      return ruleSites(source).map((site) => ({ ...site, file: join(folder, file), folder }));
    });
}

async function noticeOf(rule: Rule, built: string, bench: string): Promise<Notice> {
  const source = readFileSync(join(built, rule.file), 'utf8');
  const path = join(bench, 'checkers', rule.file);
  writeFileSync(path, withoutRule(source, rule));
  try {
    const own = [
      `${bench}/checkers/${rule.folder}/**/*.test.js`,
      `${bench}/checkers/tricky-histories.test.js`,
    ];
    if (!(await passes(own))) return 'tests';
    return (await passes([`${bench}/checkers/oracle/*.test.js`])) ? 'nobody' : 'oracle';
  } finally {
    writeFileSync(path, source);
  }
}

/** A rule without which the tests never end was noticed too. */
function passes(specs: readonly string[]): Promise<boolean> {
  const mocha = fileURLToPath(import.meta.resolve('mocha/bin/mocha.js'));
  const child = spawn(
    process.execPath,
    [mocha, '--no-config', '--bail', '--exit', '--timeout', '20000', ...specs],
    {
      stdio: 'ignore',
      timeout: testTimeoutMs,
      killSignal: 'SIGKILL',
    },
  );
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done(code === 0));
  });
}

function tableOf(rules: readonly Rule[], notices: ReadonlyMap<Rule, Notice>): string {
  const lines = [
    '| judge | rules | noticed by tests | by the oracle alone | equivalent | survived |',
    '|---|---|---|---|---|---|',
  ];
  const survivors: string[] = [];
  for (const file of new Set(rules.map((rule) => rule.file))) {
    const own = rules.filter((rule) => rule.file === file);
    const count = (notice: Notice) => own.filter((rule) => notices.get(rule) === notice).length;
    const unnoticed = own.filter((rule) => notices.get(rule) === 'nobody');
    const equivalent = unnoticed.filter((rule) => equivalenceOf(rule) !== undefined);
    lines.push(
      `| ${file.replace(/\.js$/, '')} | ${own.length} | ${count('tests')} | ${count('oracle')} | ${equivalent.length} | ${unnoticed.length - equivalent.length} |`,
    );
    for (const rule of unnoticed) {
      const why = equivalenceOf(rule);
      survivors.push(
        `- ${why === undefined ? 'SURVIVED' : 'equivalent'} ${rule.file} ${rule.inside}: \`${rule.condition}\`${why === undefined ? '' : `: ${why}`}`,
      );
    }
  }
  return `${[...lines, '', ...survivors].join('\n')}\n`;
}
