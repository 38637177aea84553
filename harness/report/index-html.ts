/** results/index.html: all runs, newest first, with a filter. */
import type { Verdict } from '../../checkers/anomaly.ts';
import { escapeHtml } from './report-html.ts';

export interface IndexRow {
  readonly kind: string;
  /** '<UTC time>-<seed>'. */
  readonly run: string;
  readonly verdict: Verdict;
  readonly anomalies: readonly string[];
}

const style = `
:root{--back:#fff;--text:#1b1f24;--dim:#59636e;--line:#d1d9e0;--valid:#1a7f37;--invalid:#cf222e;--unknown:#9a6700;--accent:#0969da}
@media(prefers-color-scheme:dark){:root{--back:#0d1117;--text:#e6edf3;--dim:#9198a1;--line:#3d444d;--valid:#3fb950;--invalid:#f85149;--unknown:#d29922;--accent:#4493f8}}
body{font:14px/1.45 system-ui,sans-serif;margin:0 auto;max-width:1080px;padding:16px 20px;background:var(--back);color:var(--text)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--line)}th{color:var(--dim)}
a{color:var(--accent)}.valid{color:var(--valid)}.invalid{color:var(--invalid)}.unknown{color:var(--unknown)}b{text-transform:uppercase;font-size:12px}
input{font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:6px;padding:4px 10px;margin:8px 0;width:320px}`;

const script = `
const box=document.querySelector('input');box.addEventListener('input',()=>{
for(const row of document.querySelectorAll('tbody tr'))row.hidden=!row.textContent.toLowerCase().includes(box.value.toLowerCase())})`;

export function indexHtml(rows: readonly IndexRow[]): string {
  const body = rows.map(({ kind, run, verdict, anomalies }) => {
    const path = `${encodeURIComponent(kind)}/${encodeURIComponent(run)}/`;
    return `<tr><td><b class="${verdict}">${verdict}</b></td><td><a href="${path}report.html">${escapeHtml(run)}</a></td><td>${escapeHtml(kind)}</td><td>${escapeHtml(anomalies.join(', '))}</td><td><a href="${path}">files</a></td></tr>`;
  });
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Runs</title>',
    `<style>${style}</style></head><body><h1>Runs</h1><input type="search" placeholder="filter: verdict, kind, seed, anomaly" aria-label="filter">`,
    '<table><thead><tr><th>verdict</th><th>run</th><th>kind</th><th>anomalies</th><th></th></tr></thead><tbody>',
    ...body,
    `</tbody></table><script>${script}</script></body></html>`,
    '',
  ].join('\n');
}
