/** The report: one HTML file with its data, its script and its style inside. Opens from disk, asks no network. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { lanesScript, lanesStyle } from '../../checkers/porcupine-ts/visualizer/page-source.ts';
import { projectRoot } from '../project-root.ts';
import { inlinedUPlot } from './inlined-library.ts';
import { packedOperations } from './packed-operations.ts';
import type { ReportData } from './report-data.ts';

/** The page's own files stand beside this source; the build leaves them where they are. */
function pageFile(name: string): string {
  return readFileSync(new URL(`harness/report/page/${name}`, projectRoot()), 'utf8');
}

const scripts = [
  'data.js',
  'view.js',
  'address.js',
  'faults.js',
  'time-plot.js',
  'plot-input.js',
  'tables.js',
  'header.js',
  'anomalies.js',
  'checkers.js',
  'overview.js',
  'roles.js',
  'timeline.js',
  'journey.js',
  'journey-section.js',
  'replica-map.js',
  'toolbar.js',
  'events.js',
  'latency.js',
  'rates.js',
  'clocks.js',
  'recovery.js',
  'main.js',
];
const styles = ['theme.css', 'style.css', 'tables.css', 'plots.css', 'print.css'];

export function reportHtml(data: ReportData): string {
  const packed = gzipSync(JSON.stringify({ ...data, operations: packedOperations(data.operations) }), {
    level: 6,
  }).toString('base64');
  const plots = inlinedUPlot();
  const script = [lanesScript, ...scripts.map(pageFile)].join('\n').replace(/<\/script/gi, '<\\/script');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(`${data.verdict}: ${data.title}`)}</title>`,
    `<style>${plots.style}${lanesStyle}${styles.map(pageFile).join('')}</style>`,
    '</head>',
    '<body>',
    '<main id="page"><p>Unpacking…</p></main>',
    '<noscript>This report draws itself with JavaScript; results.json beside it holds the same findings.</noscript>',
    `<script type="application/octet-stream" id="data">${packed}</script>`,
    `<script>${plots.script}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
