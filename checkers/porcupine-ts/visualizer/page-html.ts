/** One HTML file: style, script and packed data inside. */
import { lanesStyle, pageScript, pageStyle } from './page-source.ts';

interface NodeZlib {
  gzipSync(bytes: Uint8Array, options: { readonly level: number }): Uint8Array;
}

interface NodeProcess {
  readonly process?: { getBuiltinModule?(name: 'node:zlib'): NodeZlib | undefined };
}

/** Compressed in Node. Browsers have no compression that answers at once, so there the page is larger, or draws less. */
export function pageHtml(title: string, packed: Uint8Array): string {
  const zlib = (globalThis as NodeProcess).process?.getBuiltinModule?.('node:zlib');
  const bytes = zlib === undefined ? packed : zlib.gzipSync(packed, { level: 6 });
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${lanesStyle}${pageStyle}</style>`,
    '</head>',
    '<body>',
    '<div id="page"><p>Unpacking…</p></div>',
    '<noscript>This page draws a history with JavaScript.</noscript>',
    `<script type="application/octet-stream" id="data" data-packing="${zlib === undefined ? 'none' : 'gzip'}">${base64(bytes)}</script>`,
    `<script>${pageScript.replace(/<\/script/gi, '<\\/script')}openPage();</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let from = 0; from < bytes.length; from += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  return btoa(binary);
}
