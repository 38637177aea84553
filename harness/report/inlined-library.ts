/** The text of a browser library that npm installed, ready to stand inside a page: one file, no network. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface InlinedLibrary {
  /** For the inside of a `<script>`. */
  readonly script: string;
  /** For the inside of a `<style>`. */
  readonly style: string;
}

/** uPlot, the plots of time series (github.com/leeoniya/uPlot, MIT). Its script makes the global `uPlot`. */
export function inlinedUPlot(): InlinedLibrary {
  return {
    script: libraryFile('uplot/dist/uPlot.iife.min.js').replace(/<\/script/gi, '<\\/script'),
    style: libraryFile('uplot/dist/uPlot.min.css').replace(/<\/style/gi, '<\\/style'),
  };
}

/** `name`: package and path within it. Found as Node finds any import from here, wherever node_modules stands. */
function libraryFile(name: string): string {
  try {
    return readFileSync(createRequire(import.meta.url).resolve(name), 'utf8');
  } catch (error) {
    throw new Error(`${name} was wanted for a page, but is not installed; run npm ci`, { cause: error });
  }
}
