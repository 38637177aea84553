/** junit.xml of a matrix: a suite for each cell, a case for each run. */
import { escapeXml } from '../report/junit.ts';
import { type CellRecord, count, type MatrixRecord, type MatrixRun } from './matrix-record.ts';

export function matrixJunit({ cells, seconds }: MatrixRecord): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="all" time="${seconds.toFixed(3)}">`,
    ...cells.flatMap(suite),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite({ name, runs, skipped, notRun }: CellRecord): readonly string[] {
  const cases = runs.map((run) => caseOf(name, run));
  const idle = skipped ?? (notRun > 0 ? `${notRun} runs were not begun` : undefined);
  if (idle !== undefined)
    cases.push(
      `    <testcase classname="${escapeXml(name)}" name="not run"><skipped message="${escapeXml(idle)}"/></testcase>`,
    );
  const errors = count(runs, 'unknown') + count(runs, 'broke');
  const time = runs.reduce((sum, run) => sum + run.seconds, 0).toFixed(3);
  return [
    `  <testsuite name="${escapeXml(name)}" tests="${cases.length}" failures="${count(runs, 'invalid')}" errors="${errors}" skipped="${idle === undefined ? 0 : 1}" time="${time}">`,
    ...cases,
    '  </testsuite>',
  ];
}

/** What is unknown or broke is an error, not a failure: it says nothing about the system under test. */
function caseOf(cell: string, { seed, seconds, verdict, why, command }: MatrixRun): string {
  const open = `    <testcase classname="${escapeXml(cell)}" name="seed ${seed}" time="${seconds.toFixed(3)}"`;
  if (verdict === 'valid') return `${open}/>`;
  const element = verdict === 'invalid' ? 'failure' : 'error';
  return `${open}><${element} message="${escapeXml(why)}">${escapeXml(command)}</${element}></testcase>`;
}
