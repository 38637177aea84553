/** results/<kind>/<UTC time>-campaign/: campaign.json, report.html, junit.xml, results.json for the index. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { CheckResult } from '../../checkers/anomaly.ts';
import { junitXml } from '../report/junit.ts';
import { pageHtml } from '../report/page-html.ts';
import { escapeHtml } from '../report/report-html.ts';
import { writeIndex } from '../runner/write-report.ts';
import type { CampaignRecord } from './campaign-record.ts';
import type { SeedOutcome } from './campaign-seed.ts';
import { coverageText } from './coverage/coverage.ts';

export function campaignFolder(resultsFolder: string, kind: string, startWallMs: number): string {
  const time = new Date(startWallMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/:/g, '.');
  return join(resultsFolder, kind, `${time}-campaign`);
}

/** Returns the folder. */
export function writeCampaign(resultsFolder: string, startWallMs: number, record: CampaignRecord): string {
  const folder = campaignFolder(resultsFolder, record.kind, startWallMs);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('campaign.json', `${JSON.stringify(record, null, 2)}\n`);
  write('report.html', campaignHtml(record, folder));
  write('junit.xml', junitXml(record.kind, record.realSeconds, junitCases(record)));
  const anomalies = [...new Set(record.notValid.flatMap(anomaliesOf))].sort();
  write(
    'results.json',
    `${JSON.stringify({ verdict: record.verdict, anomalies, campaign: true }, null, 2)}\n`,
  );
  writeIndex(resultsFolder);
  return folder;
}

export function anomaliesOf({ findings }: SeedOutcome): readonly string[] {
  return findings.flatMap(({ anomalies }) => anomalies);
}

/** "lost-ack-write, stale-read", or why there is no verdict. */
export function reasonOf(outcome: SeedOutcome): string {
  if (outcome.broke !== undefined) return `no verdict: ${outcome.broke.split('\n')[0] ?? ''}`;
  const names = [...new Set(anomaliesOf(outcome))];
  if (names.length > 0) return names.join(', ');
  return outcome.findings.map(({ checker, evidence }) => `${checker}: ${evidence}`).join('; ');
}

/** One case for all valid seeds together, one for each of the others. */
function junitCases(record: CampaignRecord): readonly CheckResult[] {
  const plain = { anomalies: [], anomalyCounts: {} };
  const { shortcomings, verdicts } = record;
  const amounts: CheckResult = {
    checker: 'amounts',
    verdict: shortcomings.length === 0 ? 'valid' : 'unknown',
    evidence: shortcomings.join('; ') || `${verdicts.valid} seeds valid`,
    ...plain,
  };
  return [
    amounts,
    ...record.notValid.map((outcome) => ({
      checker: `seed ${outcome.seed}`,
      verdict: outcome.verdict,
      evidence: `${reasonOf(outcome)}; ${outcome.command}`,
      ...plain,
    })),
  ];
}

export function campaignHtml(record: CampaignRecord, folder: string): string {
  const { verdict, verdicts } = record;
  const facts: readonly (readonly [string, string])[] = [
    ['command', record.command],
    ['seeds', `${record.seedsDone} of ${record.seedsWanted}, from ${record.firstSeed} on`],
    ['verdicts', `${verdicts.valid} valid, ${verdicts.invalid} invalid, ${verdicts.unknown} unknown`],
    ...(record.endedEarly === undefined ? [] : ([['ended early', record.endedEarly]] as const)),
    ...(record.shortcomings.length === 0
      ? []
      : ([['too little was tried', record.shortcomings.join('; ')]] as const)),
    [
      'operations',
      `${record.ok} ok; ${record.acknowledged} sends acknowledged, ${record.nonEmptyPulls} pulls with messages`,
    ],
    [
      'time',
      `${record.realSeconds.toFixed(1)} s on ${record.workers} threads; ${record.virtualSeconds.toFixed(0)} s simulated`,
    ],
    [
      'speed',
      `${record.seedsPerSecond.toFixed(2)} seeds per second; ${record.speedPerCore.toFixed(1)} simulated seconds per second and core`,
    ],
    [
      'versions',
      Object.entries(record.versions)
        .map((pair) => pair.join(' '))
        .join(' · '),
    ],
  ];
  const faults = Object.entries(record.faults).map(([nemesis, { bit, noTarget }]) => [
    nemesis,
    String(bit),
    String(noTarget),
    String(record.duringFaults[nemesis] ?? 0),
  ]);
  const seeds = record.notValid.map((outcome) => [
    String(outcome.seed),
    outcome.verdict,
    reasonOf(outcome),
    outcome.command,
    outcome.folder === undefined ? '' : basename(outcome.folder),
  ]);
  return pageHtml(`${verdict}: ${record.kind}, a campaign of ${record.seedsDone} seeds`, [
    `<h1>${escapeHtml(record.kind)} <span class="badge ${verdict}">${verdict}</span></h1>`,
    `<table>${facts.map(([name, value]) => `<tr><th>${name}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`,
    '<h2>Faults</h2>',
    table(
      ['nemesis', 'felt', 'without a target', 'operations while it was biting'],
      faults.map((row) => row.map(escapeHtml)),
    ),
    '<h2>What was reached</h2>',
    `<p>${escapeHtml(coverageText(record.coverage, record.coverage.never.length))}</p>`,
    table(
      ['state, outcome, guard or fault', 'seeds'],
      Object.entries(record.coverage.reached).map(([name, seeds]) => [escapeHtml(name), String(seeds)]),
    ),
    '<h2>Seeds that are not valid</h2>',
    seeds.length === 0
      ? '<p>None.</p>'
      : table(
          ['seed', 'verdict', 'why', 'run it again', 'folder'],
          record.notValid.map((outcome, at) => {
            const cells = (seeds[at] ?? []).map(escapeHtml);
            const name = cells[4] ?? '';
            if (outcome.folder === undefined) return cells;
            const href = encodeURI(relative(folder, join(outcome.folder, 'report.html')));
            return [...cells.slice(0, 4), `<a href="${escapeHtml(href)}">${name}</a>`];
          }),
        ),
  ]);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [
    `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>`,
    ...rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`),
    '</tbody></table>',
  ].join('');
}
