/** Takes away what one run left in the engine. Started by a harness that ends in a hurry and cannot wait for it: sweep-main RUN. */
import { Engine } from './engine.ts';
import { removeRun } from './sweep.ts';

const [runId] = process.argv.slice(2);
if (runId === undefined) throw new Error('sweep-main: wanted the id of a run');
await removeRun(new Engine(), runId);
