/** All that can be named: nemeses, which others draw from, and those that nobody draws, presets among them. */
import { calledNemeses } from '../called-nemeses.ts';
import type { Nemesis } from '../nemesis.ts';
import { nemeses } from '../nemesis-registry.ts';
import { presets } from './presets.ts';

/** For `chooseNemeses`. */
export const undrawn: readonly Nemesis[] = [...calledNemeses, ...presets];

export const namedNemeses: ReadonlyMap<string, Nemesis> = new Map([
  ...nemeses,
  ...undrawn.map((nemesis) => [nemesis.name, nemesis] as const),
]);
