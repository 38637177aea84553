/** results/index.html: all runs, newest first, with a filter. One file, no network. */
import type { Verdict } from '../../checkers/anomaly.ts';
import { escapeHtml } from './report-html.ts';

export interface IndexRow {
  readonly kind: string;
  /** '<UTC time>-<seed>', the folder's name. */
  readonly run: string;
  readonly verdict: Verdict;
  readonly anomalies: readonly string[];
}

const style = `
:root{--back:#fff;--text:#1b1f24;--dim:#59636e;--line:#d1d9e0;--panel:#f6f8fa;--valid:#1a7f37;--invalid:#cf222e;--unknown:#9a6700;--accent:#0969da}
@media(prefers-color-scheme:dark){:root{--back:#0d1117;--text:#e6edf3;--dim:#9198a1;--line:#3d444d;--panel:#151b23;--valid:#3fb950;--invalid:#f85149;--unknown:#d29922;--accent:#4493f8}}
body{font:14px/1.45 system-ui,sans-serif;margin:0 auto;max-width:1160px;padding:18px 20px 60px;background:var(--back);color:var(--text)}
h1{font-size:20px;margin:0}p{margin:4px 0 12px;color:var(--dim)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:6px 16px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--dim);font-weight:600}
tr:hover td{background:var(--panel)}td.time,td.seed{white-space:nowrap;font-variant-numeric:tabular-nums}
a{color:var(--accent)}.badge{display:inline-block;padding:1px 9px;border-radius:11px;color:var(--back);font-weight:600;text-transform:uppercase;font-size:12px}
.valid{background:var(--valid)}.invalid{background:var(--invalid)}.unknown{background:var(--unknown)}
input{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:5px 10px;margin-bottom:10px;width:min(360px,100%);box-sizing:border-box}`;

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
    `<style>${style}</style></head><body><h1>Runs</h1><p>${escapeHtml(summary)}</p>`,
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
