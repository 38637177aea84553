/** The pages' own scripts and styles, read once: these names and no others. */
import { readdirSync, readFileSync } from 'node:fs';
import { projectRoot } from '../project-root.ts';
import { inlinedUPlot } from '../report/inlined-library.ts';
import { themeStyle } from '../report/theme.ts';
import { contentTypeOf } from './response-headers.ts';

export interface Asset {
  readonly contentType: string;
  readonly body: string;
}

export function readAssets(): ReadonlyMap<string, Asset> {
  // They stand beside this source; the build leaves them where they are.
  const folder = new URL('harness/server/page/', projectRoot());
  const assets = new Map<string, Asset>();
  const add = (name: string, body: string) => assets.set(name, { contentType: contentTypeOf(name), body });
  for (const name of readdirSync(folder)) add(name, readFileSync(new URL(name, folder), 'utf8'));
  const { script, style } = inlinedUPlot();
  add('style.css', themeStyle() + (assets.get('style.css')?.body ?? ''));
  add('uplot.js', script);
  add('uplot.css', style);
  return assets;
}
