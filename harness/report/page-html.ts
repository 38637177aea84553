/** A plain page of tables: one file, no network, light and dark. */
import { escapeHtml } from './report-html.ts';

const style = `
:root{--back:#fff;--text:#1b1f24;--dim:#59636e;--line:#d1d9e0;--panel:#f6f8fa;--valid:#1a7f37;--invalid:#cf222e;--unknown:#9a6700;--accent:#0969da}
@media(prefers-color-scheme:dark){:root{--back:#0d1117;--text:#e6edf3;--dim:#9198a1;--line:#3d444d;--panel:#151b23;--valid:#3fb950;--invalid:#f85149;--unknown:#d29922;--accent:#4493f8}}
body{font:14px/1.45 system-ui,sans-serif;margin:0 auto;max-width:1160px;padding:18px 20px 60px;background:var(--back);color:var(--text)}
h1{font-size:20px}h2{font-size:16px;margin-top:28px}p{color:var(--dim)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:6px 16px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--dim);font-weight:600}
td{font-variant-numeric:tabular-nums;overflow-wrap:anywhere}td:first-child{overflow-wrap:normal}tr:hover td{background:var(--panel)}a{color:var(--accent)}
.badge{display:inline-block;padding:1px 9px;border-radius:11px;color:var(--back);font-weight:600;text-transform:uppercase;font-size:12px}
.valid{background:var(--valid)}.invalid{background:var(--invalid)}.unknown{background:var(--unknown)}`;

/** `body`: HTML, escaped by the caller. `more`: rules of this page alone. */
export function pageHtml(title: string, body: readonly string[], more = ''): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title><style>${style}${more}</style></head><body>`,
    ...body,
    '</body></html>',
    '',
  ].join('\n');
}
