/** Headers of every answer: what a page may do, and what a file is. */
import { extname } from 'node:path';

/** Ours: nothing inside the page, nothing from elsewhere. */
const ownPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Files of runs have their scripts inside them, and hold what servers under test said: they get an origin of their own, no network, and nothing of
 * other runs.
 */
const filePolicy = [
  'sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads allow-modals',
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  'worker-src blob:',
  "style-src 'unsafe-inline'",
  'img-src data: blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const always = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export function ownHeaders(contentType: string, cacheControl = 'no-store'): Record<string, string> {
  return {
    ...always,
    'Content-Security-Policy': ownPolicy,
    'Content-Type': contentType,
    'Cache-Control': cacheControl,
  };
}

export function fileHeaders(name: string): Record<string, string> {
  return {
    ...always,
    'Content-Security-Policy': filePolicy,
    'Content-Type': contentTypeOf(name),
    // `check RUN` writes a report anew.
    'Cache-Control': 'no-cache',
  };
}

export const htmlType = 'text/html; charset=utf-8';
export const jsonType = 'application/json; charset=utf-8';
const plainText = 'text/plain; charset=utf-8';

const types: Readonly<Record<string, string>> = {
  '.html': htmlType,
  '.json': jsonType,
  '.jsonl': plainText,
  '.log': plainText,
  '.txt': plainText,
  '.md': plainText,
  '.conf': plainText,
  '.properties': plainText,
  '.edn': plainText,
  '.xml': 'text/xml; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export function contentTypeOf(name: string): string {
  return types[extname(name).toLowerCase()] ?? 'application/octet-stream';
}
