/** All that can be named: nemeses, which others draw from, and presets, which nobody draws. */
import type { Nemesis } from '../nemesis.ts';
import { nemeses } from '../nemesis-registry.ts';
import { presets } from './presets.ts';

export const namedNemeses: ReadonlyMap<string, Nemesis> = new Map([
  ...nemeses,
  ...presets.map((preset) => [preset.name, preset] as const),
]);
