/** The module that holds the visualizer's browser files as texts, so that it can write pages in a browser as well, where there are no files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inlinedModules } from './inline-modules.ts';

/** `visualizer`: the folder of that name. */
export function pageSource(visualizer: string): string {
  const texts = {
    lanesScript: inlinedModules(visualizer, 'component/lanes.js', 'createLanes'),
    lanesStyle: readFileSync(join(visualizer, 'component/lanes.css'), 'utf8'),
    pageScript: inlinedModules(visualizer, 'page/main.js', 'openPage'),
    pageStyle: readFileSync(join(visualizer, 'page/page.css'), 'utf8'),
  };
  const comments: Record<keyof typeof texts, string> = {
    lanesScript:
      'A script that defines `createLanes` (contract: component/lanes.js). Write it into a page of your own.',
    lanesStyle: 'The style sheet it needs.',
    pageScript: 'The script of the page that `visualize` writes; defines `openPage`.',
    pageStyle: 'The style sheet of that page, beside the one of the lanes.',
  };
  return [
    '/** The browser files of the visualizer as texts. Written by `npm run generate`; change the files in component/ and page/ instead. */',
    ...(Object.keys(texts) as (keyof typeof texts)[]).flatMap((name) => [
      `/** ${comments[name]} */`,
      `export const ${name}: string = ${JSON.stringify(texts[name])};`,
    ]),
    '',
  ].join('\n');
}
