/** results/index.html: all runs, newest first, with a filter. One file, no network. */
import type { Verdict } from '../../checkers/anomaly.ts';
import { tablesStyle } from './page-html.ts';
import { escapeHtml } from './report-html.ts';
import { themeStyle } from './theme.ts';

export interface IndexRow {
  readonly kind: string;
  /** '<UTC time>-<seed>', the folder's name. */
  readonly run: string;
  readonly verdict: Verdict;
  readonly anomalies: readonly string[];
}

const style = `
h1{margin:0}p{margin:4px 0 12px}td.time,td.seed{white-space:nowrap}
input{padding:5px 10px;margin-bottom:10px;width:min(360px,100%)}`;

/** Every word of the filter must be in the row; the filter stands in the address, so that it can be kept and sent. */
const script = `
const box=document.querySelector('input'),rows=[...document.querySelectorAll('tbody tr')],none=document.getElementById('none');
const apply=()=>{const words=box.value.toLowerCase().split(/\\s+/);let shown=0;
for(const row of rows){const text=row.textContent.toLowerCase();row.hidden=!words.every((word)=>text.includes(word));if(!row.hidden)shown+=1}
none.hidden=shown>0};
box.addEventListener('input',()=>{history.replaceState(null,'','#'+encodeURIComponent(box.value));apply()});
box.value=decodeURIComponent(location.hash.slice(1));apply()`;

export function indexHtml(rows: readonly IndexRow[]): string {
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  const verdicts = (['invalid', 'unknown', 'valid'] as const)
    .map((verdict) => ({ verdict, number: count(verdict) }))
    .filter(({ number }) => number > 0)
    .map(({ verdict, number }) => `${number} ${verdict}`);
  const runs = rows.length === 1 ? '1 run' : `${rows.length} runs`;
  const summary =
    rows.length === 0
      ? 'No runs yet: npm run jepsen -- --nemesis partition'
      : `${runs}: ${verdicts.join(', ')}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Runs</title>',
    `<style>${themeStyle()}${tablesStyle}${style}</style></head><body><h1>Runs</h1><p>${escapeHtml(summary)}</p>`,
    '<input type="search" placeholder="filter: verdict, kind, seed, anomaly" aria-label="filter">',
    '<table><thead><tr><th>verdict</th><th>started (UTC)</th><th>seed</th><th>kind</th><th>anomalies</th><th></th></tr></thead><tbody>',
    ...rows.map(rowHtml),
    `</tbody></table><p id="none" hidden>No run has all of these words.</p><script>${script}</script></body></html>`,
    '',
  ].join('\n');
}

function rowHtml({ kind, run, verdict, anomalies }: IndexRow): string {
  const path = `${encodeURIComponent(kind)}/${encodeURIComponent(run)}`;
  const [, day, time, seed] = /^(\d{4}-\d\d-\d\d)T(\d\d\.\d\d\.\d\d)Z-(.+)$/.exec(run) ?? [];
  const started = day === undefined ? run : `${day} ${time?.replaceAll('.', ':')}`;
  return [
    `<tr><td><span class="badge ${verdict}">${verdict}</span></td>`,
    `<td class="time"><a href="${path}/report.html">${escapeHtml(started)}</a></td>`,
    `<td class="seed">${escapeHtml(seed ?? '')}</td><td>${escapeHtml(kind)}</td>`,
    `<td>${escapeHtml(anomalies.join(', '))}</td><td><a href="${path}/">files</a></td></tr>`,
  ].join('');
}
