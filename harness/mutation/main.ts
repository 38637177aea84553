/**
 * npm run mutate: removes each rule of each judge in turn and says which tests notice. Takes minutes: by hand only, and nice.
 *
 *   npm run mutate -- [FOLDER...] [--out FILE]      folders of checkers/, such as queue, or files, such as queue/fifo-queue.js; '.' is the files
 *                                                   that stand in none. All where none is named
 *
 * A rule is an `if` of the compiled file. Its folder's tests and the hand-made histories run first, the naive definitions (checkers/oracle) where
 * those did not notice. What nobody notices is listed; equivalent.ts says of which this is right, and why.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { equivalenceOf } from './equivalent.ts';
import { type RuleSite, ruleSites, withoutRule } from './rule-sites.ts';
import { filesOf, type Notice, Trials, topLevel } from './trials.ts';

/** Judges proved elsewhere, and what is no judge. */
const leftOut: readonly string[] = ['oracle', 'porcupine-ts', 'fixtures', 'history'];

interface Rule extends RuleSite {
  readonly file: string;
  readonly folder: string;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const typed = read();
  if (typeof typed === 'string') {
    process.stderr.write(`mutate: ${typed}\nnpm run mutate -- [FOLDER or FILE...] [--out FILE]\n`);
    return 254;
  }
  const { out, positionals } = typed;
  const built = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'checkers');
  const folders = readdirSync(built, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !leftOut.includes(entry.name))
    .map(({ name }) => name);
  folders.push(topLevel);
  const asked = positionals.map((name) => {
    const [folder = '', file] = name.endsWith('.js') ? [dirname(name), name] : [name];
    return { name, folder, file };
  });
  const unknown = asked.find(({ folder }) => !folders.includes(folder));
  if (unknown !== undefined) {
    process.stderr.write(`mutate: no judges in "${unknown.name}". Known: ${folders.join(', ')}\n`);
    return 254;
  }
  const rules =
    asked.length === 0
      ? folders.flatMap((folder) => rulesOf(built, folder))
      : asked.flatMap(({ folder, file }) =>
          rulesOf(built, folder).filter((rule) => file === undefined || rule.file === join(file)),
        );
  const ruleless = asked.find(
    ({ file }) => file !== undefined && !rules.some((rule) => rule.file === join(file)),
  );
  if (ruleless !== undefined) {
    process.stderr.write(
      `mutate: no rules in "${ruleless.name}": wanted a compiled file such as queue/fifo-queue.js\n`,
    );
    return 254;
  }
  mkdirSync('.build', { recursive: true });
  const bench = mkdtempSync(resolve('.build', 'mutation-'));
  const trials = new Trials(built, bench);
  const notices = new Map<Rule, Notice>();
  try {
    for (const folder of new Set(rules.map((rule) => rule.folder))) {
      const notice = await trials.noticeOf(folder, undefined);
      if (notice === 'nobody') continue;
      process.stderr.write(
        `mutate: the tests of "${folder}" (or the ${notice}) fail without any change: mend them first\n`,
      );
      return 2;
    }
    for (const rule of rules) {
      const source = withoutRule(readFileSync(join(built, rule.file), 'utf8'), rule);
      const notice = await trials.noticeOf(rule.folder, { file: rule.file, source });
      notices.set(rule, notice);
      process.stderr.write(
        `${notice === 'nobody' ? 'SURVIVED' : notice.padEnd(8)} ${rule.file} ${rule.inside}: ${rule.condition}\n`,
      );
    }
  } finally {
    trials.end();
    rmSync(bench, { recursive: true, force: true });
  }
  const table = tableOf(rules, notices);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, table);
  process.stdout.write(table);
  return [...notices].some(([rule, notice]) => notice === 'nobody' && equivalenceOf(rule) === undefined)
    ? 1
    : 0;
}

/** A text is what is wrong with it. */
function read(): { readonly out: string; readonly positionals: readonly string[] } | string {
  try {
    const { values, positionals } = parseArgs({
      options: { out: { type: 'string', default: 'results/mutations.md' } },
      allowPositionals: true,
    });
    return { out: values.out, positionals };
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}

function rulesOf(built: string, folder: string): Rule[] {
  return filesOf(built, folder)
    .filter((file) => !file.endsWith('.test.js'))
    .flatMap((file) => {
      const source = readFileSync(join(built, file), 'utf8');
      return ruleSites(source).map((site) => ({ ...site, file, folder }));
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
