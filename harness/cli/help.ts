/** The --help page, from the options table; fits 80 columns. */
import { type OptionRow, optionsTable } from './options-table.ts';

const groups: readonly (readonly [OptionRow['group'], string])[] = [
  ['test', 'Test'],
  ['faults', 'Faults'],
  ['cluster', 'Cluster'],
  ['report', 'Report'],
];

export function helpText(): string {
  const lines = [
    'Usage: npm run jepsen -- [test] [options]     run a test',
    '       npm run jepsen -- check RUN            judge a saved run again',
    '       npm run jepsen -- list                 nemeses, workloads, bugs, runs',
    '',
    'Examples:',
    '  npm run jepsen -- --nemesis partition',
    '  npm run jepsen -- --nemesis kill,pause --time-limit 120 --seed 7',
    '  npm run jepsen -- --nemesis partition,kill --bug ack-before-replication',
  ];
  for (const [group, title] of groups) {
    lines.push('', `${title}:`);
    for (const row of optionsTable as readonly OptionRow[])
      if (row.group === group) lines.push(...rowLines(row));
  }
  lines.push('', 'Exit codes: 0 valid, 1 invalid, 2 unknown, 254 bad arguments, 255 the harness broke', '');
  return lines.join('\n');
}

function rowLines(row: OptionRow): string[] {
  const argument = row.kind === 'flag' ? '' : ` ${row.argument ?? argumentOf(row)}`;
  const head = `  --${row.name}${argument}`;
  const facts = [
    row.values === undefined
      ? ''
      : `one${row.kind === 'choices' ? ' or more' : ''} of ${row.values.join(', ')}`,
    row.default === undefined ? '' : `default ${row.default}`,
  ].filter((fact) => fact !== '');
  const text = `${row.doc}${facts.length === 0 ? '' : ` (${facts.join('; ')})`}`;
  const wrapped = wrap(text, 80 - 32);
  const [first = '', ...others] = wrapped;
  const rest = others.map((line) => `${' '.repeat(32)}${line}`);
  return head.length < 31
    ? [`${head.padEnd(32)}${first}`, ...rest]
    : [head, `${' '.repeat(32)}${first}`, ...rest];
}

function argumentOf(row: OptionRow): string {
  return row.kind === 'seconds' ? 'SECONDS' : 'N';
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
