/** From arguments to options, by the table. */

import { UsageError } from '../usage-error.ts';
import { didYouMean } from './did-you-mean.ts';
import { type OptionName, type OptionRow, optionsTable } from './options-table.ts';

export interface ParsedArguments {
  /** Words that are not options: the verb and what it works on. */
  readonly words: readonly string[];
  readonly values: ReadonlyMap<OptionName, string>;
  /** Options that stood on the command line, not defaults. */
  readonly given: ReadonlySet<OptionName>;
}

/** Accepts `--name value`, `--name=value` and bare flags. Throws UsageError. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  const words: string[] = [];
  const values = new Map<OptionName, string>();
  const given = new Set<OptionName>();
  for (const row of optionsTable as readonly OptionRow[]) {
    if (row.default !== undefined) values.set(row.name as OptionName, row.default);
  }
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? '';
    if (!argument.startsWith('--')) {
      if (argument.startsWith('-') && argument !== '-')
        throw new UsageError(`${argument}: options have two dashes; see --help`);
      words.push(argument);
      continue;
    }
    const [, name = '', inline] = /^--([^=]*)(?:=(.*))?$/s.exec(argument) ?? [];
    const row = findRow(name);
    if (row.kind === 'flag') {
      if (inline !== undefined) throw new UsageError(`--${name}: takes no value, got "${inline}"`);
      values.set(row.name as OptionName, 'true');
    } else if (row.bare !== undefined && inline === undefined) {
      values.set(row.name as OptionName, row.bare);
    } else {
      const value = inline ?? argv[at + 1];
      if (inline === undefined) at += 1;
      if (value === undefined || (inline === undefined && value.startsWith('--'))) {
        throw new UsageError(`--${name}: wanted ${wanted(row)}, got nothing`);
      }
      check(row, value);
      if (row.kind === 'choices' && given.has(row.name as OptionName))
        throw new UsageError(`--${name}: given twice; put several names into one, with commas between`);
      values.set(row.name as OptionName, value);
    }
    given.add(row.name as OptionName);
  }
  return { words, values, given };
}

function findRow(name: string): OptionRow {
  const rows: readonly OptionRow[] = optionsTable;
  const row = rows.find((candidate) => candidate.name === name);
  if (row !== undefined) return row;
  const names = rows.map((candidate) => `--${candidate.name}`);
  const advice = didYouMean(`--${name}`, names) || '.';
  throw new UsageError(`--${name}: no such option${advice} See --help for all.`);
}

function check(row: OptionRow, value: string): void {
  switch (row.kind) {
    case 'text':
      if (value === '') throw new UsageError(`--${row.name}: wanted ${wanted(row)}, got ""`);
      return;
    case 'flag':
      return;
    case 'choice':
      checkChoice(row, value);
      return;
    case 'choices':
      // What stands behind a colon is a part of the choice, judged by who knows its parts.
      for (const one of value.split(',')) checkChoice(row, one.split(':')[0] ?? one);
      return;
    case 'count':
      if (!/^\d+$/.test(value)) throw new UsageError(`--${row.name}: wanted ${wanted(row)}, got "${value}"`);
      checkRange(row, Number(value), value);
      return;
    case 'seconds':
    case 'rate':
      if (!/^\d+(\.\d+)?$/.test(value))
        throw new UsageError(`--${row.name}: wanted ${wanted(row)}, got "${value}"`);
      checkRange(row, Number(value), value);
      return;
    default:
      row.kind satisfies never;
  }
}

function checkChoice(row: OptionRow, value: string): void {
  const values = row.values ?? [];
  if (values.includes(value)) return;
  throw new UsageError(
    `--${row.name}: no ${row.name} named "${value}"${didYouMean(value, values) || '.'} Known: ${values.join(', ')}`,
  );
}

function checkRange(row: OptionRow, number: number, text: string): void {
  if (number >= (row.min ?? 0) && number <= (row.max ?? Number.MAX_SAFE_INTEGER)) return;
  throw new UsageError(`--${row.name}: wanted ${wanted(row)}, got ${text}`);
}

function wanted(row: OptionRow): string {
  const range = row.min !== undefined && row.max !== undefined ? ` from ${row.min} to ${row.max}` : '';
  switch (row.kind) {
    case 'count':
      return `a whole number${range}`;
    case 'seconds':
      return `seconds${range}`;
    case 'rate':
      return `operations per second${range}`;
    case 'choice':
      return `one of ${(row.values ?? []).join(', ')}`;
    case 'choices':
      return `one or more of ${(row.values ?? []).join(', ')}, with commas between`;
    case 'text':
      return row.argument ?? 'a value';
    case 'flag':
      return 'no value';
    default:
      return row.kind satisfies never;
  }
}
