/** A plain page of tables: one file, no network, light and dark. */
import { escapeHtml } from './report-html.ts';
import { themeStyle } from './theme.ts';

/** Beside what all pages have. */
export const tablesStyle = `
body{margin:0 auto;max-width:1200px;padding:18px 20px 60px}
p{color:var(--dim)}td,th{padding:6px 16px 6px 0}td{font-variant-numeric:tabular-nums;overflow-wrap:anywhere}td:first-child{overflow-wrap:normal}tr:hover td{background:var(--panel)}`;
const headings = 'h2{margin-top:28px}';

/** `body`: HTML, escaped by the caller. `more`: rules of this page alone. */
export function pageHtml(title: string, body: readonly string[], more = ''): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title><style>${themeStyle()}${tablesStyle}${headings}${more}</style></head><body>`,
    ...body,
    '</body></html>',
    '',
  ].join('\n');
}
