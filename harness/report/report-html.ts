/** The report: one HTML file with its data, its script and its style inside. Opens from disk, asks no network. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { projectRoot } from '../project-root.ts';
import type { ReportData } from './report-data.ts';

/** The page's own files stand beside this source; the build leaves them where they are. */
function pageFile(name: string): string {
  return readFileSync(new URL(`harness/report/page/${name}`, projectRoot()), 'utf8');
}

const scripts = [
  'data.js',
  'view.js',
  'plot.js',
  'header.js',
  'anomalies.js',
  'checkers.js',
  'overview.js',
  'roles.js',
  'timeline.js',
  'toolbar.js',
  'events.js',
  'plots.js',
  'clocks.js',
  'recovery.js',
  'main.js',
];

export function reportHtml(data: ReportData): string {
  const packed = gzipSync(JSON.stringify(data), { level: 6 }).toString('base64');
  const script = scripts
    .map(pageFile)
    .join('\n')
    .replace(/<\/script/gi, '<\\/script');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(`${data.verdict}: ${data.title}`)}</title>`,
    `<style>${pageFile('style.css')}</style>`,
    '</head>',
    '<body>',
    '<main id="page"><p>Unpacking…</p></main>',
    '<noscript>This report draws itself with JavaScript; results.json beside it holds the same findings.</noscript>',
    `<script type="application/octet-stream" id="data">${packed}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
