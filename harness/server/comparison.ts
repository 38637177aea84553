/** Two runs side by side, as data: what differs in their settings, what each checker says, their figures. Pure. */
import { type JsonRecord, listOf, numberOf, recordOf, textOf } from './json-value.ts';
import type { RunSummary } from './run-summary.ts';

export interface ComparedRun {
  readonly summary: RunSummary;
  /** run.json and results.json; empty where they cannot be read. */
  readonly record: JsonRecord;
  readonly results: JsonRecord;
}

export interface ComparedRow {
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

export interface Settings {
  readonly differ: readonly ComparedRow[];
  readonly same: readonly ComparedRow[];
}

const recordNames: readonly string[] = ['toxiproxy', 'clocks'];

export function comparedSettings(a: ComparedRun, b: ComparedRun): Settings {
  const [left, right] = [settingsOf(a), settingsOf(b)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const rows = names.map((name) => ({ name, a: left.get(name) ?? '', b: right.get(name) ?? '' }));
  return { differ: rows.filter((row) => row.a !== row.b), same: rows.filter((row) => row.a === row.b) };
}

/** 'brokerProperties.flush' -> 'ASYNC'. Objects are taken apart, everything else is told as it stands. */
function settingsOf({ record }: ComparedRun): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const tell = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) tell(`${name}.${key}`, inner);
    } else if (value !== undefined && value !== null) settings.set(name, settingText(value));
  };
  for (const [name, value] of Object.entries(recordOf(record['plan']))) tell(name, value);
  for (const name of recordNames) tell(name, record[name]);
  for (const [name, value] of Object.entries(recordOf(record['versions']))) tell(name, value);
  return settings;
}

const settingTextMax = 400;

function settingText(value: unknown): string {
  const text = Array.isArray(value) ? value.map(String).join(', ') || 'none' : String(value);
  return text.length > settingTextMax ? `${text.slice(0, settingTextMax)} …` : text;
}

export interface ComparedChecker {
  readonly checker: string;
  readonly a: CheckerWord;
  readonly b: CheckerWord;
}

export interface CheckerWord {
  /** '' where it did not judge. */
  readonly verdict: string;
  readonly evidence: string;
}

const silent: CheckerWord = { verdict: '', evidence: '' };

/** Those that do not agree first, in the order in which they judged. */
export function comparedCheckers(a: ComparedRun, b: ComparedRun): readonly ComparedChecker[] {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const rows = [...new Set([...left.keys(), ...right.keys()])].map((checker) => ({
    checker,
    a: left.get(checker) ?? silent,
    b: right.get(checker) ?? silent,
  }));
  const agree = (row: ComparedChecker) => row.a.verdict === row.b.verdict;
  return [...rows.filter((row) => !agree(row)), ...rows.filter(agree)];
}

function wordsOf({ results }: ComparedRun): ReadonlyMap<string, CheckerWord> {
  return new Map(
    listOf(results['checkers'])
      .map(recordOf)
      .map((checker) => [
        textOf(checker['checker']),
        { verdict: textOf(checker['verdict']), evidence: textOf(checker['evidence']).split('\n')[0] ?? '' },
      ]),
  );
}

export type FigureUnit = 'count' | 'rate' | 'milliseconds' | 'seconds';

export interface ComparedFigure {
  readonly name: string;
  readonly unit: FigureUnit;
  readonly a: number | undefined;
  readonly b: number | undefined;
  /** Which way is good; undefined: neither. */
  readonly better: 'more' | 'less' | undefined;
}

export function comparedFigures(a: ComparedRun, b: ComparedRun): readonly ComparedFigure[] {
  const both = (
    name: string,
    unit: FigureUnit,
    better: ComparedFigure['better'],
    of: (run: ComparedRun) => number | undefined,
  ): ComparedFigure => ({ name, unit, better, a: of(a), b: of(b) });
  const nemeses = [...new Set([a, b].flatMap(({ summary }) => Object.keys(summary.gaps)))].sort();
  const stages = (run: ComparedRun, nemesis: string) =>
    recordOf(recordOf(objectivesOf(run)['byNemesis'])[nemesis]);
  return [
    both('ok/s', 'rate', 'more', ({ summary }) => summary.figures?.okPerS),
    both('SEND_OK/s', 'rate', 'more', ({ summary }) => summary.figures?.acknowledgedPerS),
    both('operations ok', 'count', 'more', ({ summary }) => summary.figures?.ok),
    both('sends acknowledged', 'count', 'more', ({ summary }) => summary.figures?.acknowledged),
    both('seconds of load', 'seconds', undefined, ({ summary }) => summary.figures?.seconds),
    ...nemeses.flatMap((nemesis) => [
      both(`${nemesis}: faults`, 'count', undefined, ({ summary }) => summary.gaps[nemesis]?.faults),
      both(`${nemesis}: worst gap`, 'milliseconds', 'less', ({ summary }) => summary.gaps[nemesis]?.worst),
      both(`${nemesis}: median gap`, 'milliseconds', 'less', ({ summary }) => summary.gaps[nemesis]?.median),
      both(`${nemesis}: worst time to the first ok`, 'milliseconds', 'less', (run) =>
        numberOf(recordOf(stages(run, nemesis)['firstOk'])['worst']),
      ),
    ]),
  ];
}

function objectivesOf({ results }: ComparedRun): JsonRecord {
  const checker = listOf(results['checkers'])
    .map(recordOf)
    .find((one) => one['checker'] === 'availability/objectives');
  return recordOf(checker?.['facts']);
}

/** '+12 %', '−3 %', '×2.4'; '' where there is nothing to compare. */
export function differenceText(a: number | undefined, b: number | undefined): string {
  if (a === undefined || b === undefined || a === 0) return '';
  const share = b / a;
  if (share >= 3) return `×${share < 10 ? share.toFixed(1) : Math.round(share)}`;
  const exact = (share - 1) * 100;
  // What is nearly nothing is not nothing: -99.7 % instead of -100 %.
  const percent = exact < -99 && b > 0 ? Math.ceil(exact * 10) / 10 : Math.round(exact);
  return percent === 0 ? '=' : `${percent > 0 ? '+' : '−'}${Math.abs(percent)} %`;
}

/** A tenth is within what two runs of one configuration differ by. */
const tellingShare = 0.1;

export function judgementOf({ a, b, better }: ComparedFigure): 'better' | 'worse' | '' {
  if (a === undefined || b === undefined || better === undefined || a === 0) return '';
  if (Math.abs(b / a - 1) <= tellingShare) return '';
  return b > a === (better === 'more') ? 'better' : 'worse';
}
