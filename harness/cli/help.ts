/** The --help page, from the options table; fits 80 columns. */
import { type OptionRow, optionsTable } from './options-table.ts';

const groups: readonly (readonly [OptionRow['group'], string])[] = [
  ['test', 'Test'],
  ['campaign', 'Campaign (--deployment sim)'],
  ['all', 'All'],
  ['faults', 'Faults'],
  ['cluster', 'Cluster'],
  ['bugs', 'Bugs'],
  ['explore', 'Explore'],
  ['report', 'Report'],
  ['serve', 'Serve'],
  ['replay', 'Replay and shrink'],
];

export function helpText(): string {
  const lines = [
    'Usage: npm run jepsen -- [test] [options]     run a test',
    '       npm run jepsen -- --deployment sim --seeds N   a campaign, simulated',
    '       npm run jepsen -- all [options]        every workload, nemesis and world',
    '       npm run jepsen -- check RUN            judge a saved run again',
    '       npm run jepsen -- check FILE.edn       judge a Jepsen history of a kafka',
    '                                              or queue workload',
    '       npm run jepsen -- replay RUN           repeat a simulated run exactly',
    '       npm run jepsen -- shrink RUN           find a smaller run that fails so',
    '       npm run jepsen -- bugs                 whether every seeded bug is found',
    '       npm run jepsen -- list                 nemeses, workloads, bugs, runs',
    '       npm run jepsen -- serve                runs, trends and comparisons in a',
    '                                              browser; follows a run live',
    '       npm run jepsen -- explore [MODEL]      every state of small groups: raft,',
    '                                              sync-state-set; or raft-random',
    '',
    'Examples:',
    '  npm run jepsen -- --nemesis partition',
    '  npm run jepsen -- --deployment sim --seeds 1000',
    '  npm run jepsen -- --nemesis partition,kill --bug ack-before-replication',
  ];
  for (const [group, title] of groups) {
    lines.push('', `${title}:`);
    for (const row of optionsTable as readonly OptionRow[])
      if (row.group === group) lines.push(...rowLines(row));
  }
  lines.push(
    '',
    'Defaults stand in [ ]. The last one counts of an option that is given twice.',
    'Exit codes:',
    '  0 valid · 1 invalid · 2 unknown · 254 bad arguments · 255 the harness broke',
    '  130 stopped at once, by a second Ctrl-C (the first one ends the run cleanly);',
    '      serve by the first one',
    '',
  );
  return lines.join('\n');
}

const widthMax = 80;
const textFrom = 30;

function rowLines(row: OptionRow): string[] {
  const takesNext = row.kind !== 'flag' && row.bare === undefined;
  const head = `  --${row.name}${takesNext ? ` ${row.argument ?? argumentOf(row)}` : ''}`;
  const sentences = [row.doc];
  if (row.values !== undefined)
    sentences.push(`${row.kind === 'choices' ? 'Any' : 'One'} of ${row.values.join(', ')}.`);
  if (row.default !== undefined) sentences.push(`[${row.default}]`);
  if (row.simDefault !== undefined) sentences.push(`[sim: ${row.simDefault}]`);
  const indent = ' '.repeat(textFrom);
  const [first = '', ...rest] = wrap(sentences.join(' '), widthMax - textFrom);
  const isShort = head.length + 2 <= textFrom;
  return [
    ...(isShort ? [head.padEnd(textFrom) + first] : [head, indent + first]),
    ...rest.map((line) => indent + line),
  ];
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
