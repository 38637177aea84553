/** Colours and rules that all pages share, for the inside of a `<style>`: see page/theme.css. */
import { readFileSync } from 'node:fs';
import { projectRoot } from '../project-root.ts';

export function themeStyle(): string {
  return readFileSync(new URL('harness/report/page/theme.css', projectRoot()), 'utf8');
}
