/** All nemeses by name. */
import { allRandom } from './all-random.ts';
import { clock } from './clock.ts';
import { disk } from './disk.ts';
import { kill } from './kill.ts';
import { lossy } from './lossy.ts';
import type { Nemesis } from './nemesis.ts';
import { none } from './none.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { restartOrder } from './restart-order.ts';
import { sequence } from './sequence.ts';
import { narrow, slow } from './slow.ts';

const all: readonly Nemesis[] = [
  none,
  partition,
  kill,
  pause,
  restartOrder,
  sequence,
  clock,
  disk,
  slow,
  narrow,
  lossy,
  allRandom,
];

export const nemeses: ReadonlyMap<string, Nemesis> = new Map(all.map((nemesis) => [nemesis.name, nemesis]));
