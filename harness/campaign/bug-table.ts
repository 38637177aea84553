/** The catalogue's figures, as text, markdown and HTML: one line for each bug, and those that wait below. */
import { type Verdict, worstVerdict } from '../../checkers/anomaly.ts';
import { median } from '../median.ts';
import type { BugWorld, SeededBugRow, WaitingBug } from '../record/seeded-bug-catalogue.ts';
import { settingsText } from '../record/seeded-bug-catalogue.ts';
import { pageHtml } from '../report/page-html.ts';
import { escapeHtml } from '../report/report-html.ts';
import type { BugFound, BugSearch } from './bug-hunt.ts';

export interface HuntedBug {
  readonly row: SeededBugRow;
  /** The nemesis it was looked for under, where that was not what the world's searches take, and why. */
  readonly under?: string;
  /** Why it need not be found in this world. */
  readonly excuse?: string;
  readonly searches: readonly BugSearch[];
}

/** What bugs.json holds. Version 1. */
export interface BugsRecord {
  readonly version: 1;
  readonly command: string;
  readonly world: BugWorld;
  readonly verdict: Verdict;
  readonly seedsMax: number;
  readonly bugs: readonly HuntedBug[];
  readonly waiting: readonly WaitingBug[];
  readonly realSeconds: number;
  readonly workers: number;
  readonly interrupted: boolean;
  readonly versions: Readonly<Record<string, string>>;
}

/** Not found without an excuse, or failed without the bug: invalid; stopped by hand, or a control without a verdict: unknown. */
export function verdictOf(bugs: readonly HuntedBug[]): Verdict {
  return worstVerdict(bugs.map(verdictOfBug));
}

export function verdictOfBug({ searches, excuse }: HuntedBug): Verdict {
  return worstVerdict(
    searches.map(({ found, isStopped }) => {
      if (found !== undefined) return found.control.verdict;
      if (isStopped === true) return 'unknown';
      return excuse === undefined ? 'invalid' : 'valid';
    }),
  );
}

/** One word, or the reason why there is none. */
export function outcomeOfBug(bug: HuntedBug): string {
  const verdict = verdictOfBug(bug);
  const isFound = bug.searches.some(({ found }) => found !== undefined);
  if (verdict === 'valid') return isFound ? 'found' : 'not found';
  if (bug.searches.some(({ isStopped }) => isStopped)) return 'stopped';
  return verdict.toUpperCase();
}

export const bugTableHeads = [
  'id',
  'bug',
  'found',
  'seeds: median / most',
  'seconds',
  'anomaly',
  'control',
] as const;

/** One cell for each of the heads. */
export function bugCells({ row, searches, excuse, under }: HuntedBug): readonly string[] {
  const found = searches.flatMap((search) => search.found ?? []);
  // A search in vain took at least all of its seeds.
  const needed = searches.map(({ found: one, seedsTried }) => one?.seeds ?? seedsTried);
  const isMore = found.length < searches.length ? '> ' : '';
  return [
    row.id,
    under === undefined ? row.name : `${row.name} (under ${under})`,
    `${found.length} of ${searches.length}`,
    `${found.length * 2 <= searches.length ? isMore : ''}${median(needed)} / ${isMore}${Math.max(...needed)}`,
    median(searches.map(({ seconds }) => seconds)).toFixed(1),
    anomalyCell(found, searches, excuse),
    controlCell(found, row),
  ];
}

function anomalyCell(
  found: readonly BugFound[],
  searches: readonly BugSearch[],
  excuse: string | undefined,
): string {
  const expected = new Set(found.flatMap((one) => one.expected));
  if (expected.size > 0) return [...expected].join(', ');
  const others = new Set(searches.flatMap((search) => Object.keys(search.others)));
  const seen = others.size === 0 ? 'none' : `only others: ${[...others].join(', ')}`;
  if (searches.some(({ isStopped }) => isStopped)) return `${seen}; stopped`;
  return excuse === undefined ? seen : `${seen}; ${excuse}`;
}

function controlCell(found: readonly BugFound[], row: SeededBugRow): string {
  if (found.length === 0) return '';
  const verdict = worstVerdict(found.map(({ control }) => control.verdict));
  const anomalies = [...new Set(found.flatMap(({ control }) => control.anomalies))].join(', ');
  if (anomalies === '') return verdict;
  return row.controlMayFail === true && verdict === 'valid'
    ? `valid by the bug's own judge; its settings may lose: ${anomalies}`
    : `${verdict}: ${anomalies}`;
}

/** Lines with columns, for a terminal. */
export function bugLines(bugs: readonly HuntedBug[]): readonly string[] {
  const rows: readonly (readonly string[])[] = [bugTableHeads, ...bugs.map(bugCells)];
  const widths = bugTableHeads.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export function waitingLine({ id, name, guard, waitsFor }: WaitingBug): string {
  return `${id.padEnd(4)}${name === undefined ? '' : `${name}: `}${guard}; waits for ${waitsFor}`;
}

export function bugsMarkdown(record: BugsRecord): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `# Seeded bugs, world ${record.world}: ${record.verdict}`,
    '',
    `\`${record.command}\`, ${record.realSeconds.toFixed(0)} s on ${record.workers} threads${record.interrupted ? ', not finished' : ''}; ${unitText(record)}.`,
    '',
    line(bugTableHeads),
    line(bugTableHeads.map(() => '---')),
    ...record.bugs.map((bug) => line(bugCells(bug))),
    '',
    'Registered, waiting, not counted:',
    '',
    ...record.waiting.map((bug) => `- ${waitingLine(bug)}`),
    '',
  ].join('\n');
}

export function bugsHtml(record: BugsRecord): string {
  const cell = (text: string) => `<td>${escapeHtml(text)}</td>`;
  const heads = (names: readonly string[]) =>
    `<table><thead><tr>${names.map((name) => `<th>${escapeHtml(name)}</th>`).join('')}</tr></thead><tbody>`;
  const { bugs, verdict, waiting, world } = record;
  return pageHtml(`${verdict}: seeded bugs, world ${world}`, [
    `<h1>Seeded bugs <span class="badge ${verdict}">${verdict}</span></h1>`,
    `<p>${escapeHtml(record.command)}: ${record.realSeconds.toFixed(0)} s on ${record.workers} threads; ${unitText(record)}.</p>`,
    heads(bugTableHeads),
    ...bugs.map((bug) => `<tr>${bugCells(bug).map(cell).join('')}</tr>`),
    '</tbody></table><h2>What each one is</h2>',
    heads(['id', 'guard that is removed', 'seen in', 'settings', 'expected']),
    ...bugs.map(
      ({ row }) =>
        `<tr>${[row.id, row.guard, row.upstream, settingsText(row.settings), row.expected.join(', ')].map(cell).join('')}</tr>`,
    ),
    '</tbody></table><h2>What shows them</h2>',
    heads(['id', 'seeds', 'anomalies', 'run it again', 'control']),
    ...bugs.flatMap(({ row, searches }) =>
      searches.map(({ found, seedsTried }) => {
        const cells =
          found === undefined
            ? [row.id, `not in ${seedsTried}`, '', '', '']
            : [
                row.id,
                String(found.seeds),
                [...found.expected, ...found.besides].join(', '),
                found.command,
                `${found.control.verdict}: ${found.control.command}`,
              ];
        return `<tr>${cells.map(cell).join('')}</tr>`;
      }),
    ),
    '</tbody></table><h2>Waiting, not counted</h2><ul>',
    ...waiting.map((bug) => `<li>${escapeHtml(waitingLine(bug))}</li>`),
    '</ul>',
  ]);
}

function unitText({ seedsMax, world }: BugsRecord): string {
  return world === 'sim'
    ? `at most ${seedsMax} seeds for each start; seconds are of one thread, the median of the starts`
    : `at most ${seedsMax} runs for each bug, each a seed of its own`;
}
