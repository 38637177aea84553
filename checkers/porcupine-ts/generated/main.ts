/** Writes what is made from other files: `npm run generate`, in the folder of the package. */
import { writeFileSync } from 'node:fs';
import { pageSource } from './page-source.ts';

writeFileSync('visualizer/page-source.ts', pageSource('visualizer'));
