/** All nemeses by name. */
import { kill } from './kill.ts';
import type { Nemesis } from './nemesis.ts';
import { none } from './none.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';

const all: readonly Nemesis[] = [none, partition, kill, pause];

export const nemeses: ReadonlyMap<string, Nemesis> = new Map(all.map((nemesis) => [nemesis.name, nemesis]));
