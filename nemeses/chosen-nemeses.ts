/** Which nemeses a run gets: by name, as far as its world can do them and its settings cover them. Pure. */
import { allRandom } from './all-random.ts';
import type { Ability, Nemesis, Settings } from './nemesis.ts';
import { nemeses } from './nemesis-registry.ts';

export interface Circumstances {
  readonly settings: Settings;
  readonly abilities: ReadonlySet<Ability>;
  /** Faults that exceed what the guarantees cover may come: loss is then no surprise. */
  readonly expectLoss: boolean;
  /** Can be called by name, and are drawn by nobody. */
  readonly undrawn?: readonly Nemesis[];
}

/** A run's defaults. */
export const usualSettings: Settings = { flush: 'sync', minInSyncReplicas: 2, nodes: 3 };

export interface ChosenNemeses {
  /** For `planSchedule`. */
  readonly nemeses: readonly Nemesis[];
  readonly pool: readonly Nemesis[];
}

/** What is wrong with a name; the caller says of which option it was. */
export type Refusal =
  | { readonly kind: 'unknown'; readonly name: string; readonly known: readonly string[] }
  | { readonly kind: 'world'; readonly name: string; readonly needs: Ability }
  | { readonly kind: 'exceeds'; readonly name: string; readonly variant: string; readonly reason: string };

/** 'disk' is all variants that are covered; 'disk:full' and 'disk:full/one' those that begin so. */
export function chooseNemeses(
  names: readonly string[],
  circumstances: Circumstances,
): ChosenNemeses | Refusal {
  const chosen: Nemesis[] = [];
  for (const name of names) {
    const one = choose(name, circumstances);
    if ('kind' in one) return one;
    chosen.push(one);
  }
  return { nemeses: chosen, pool: poolOf(circumstances) };
}

export function baseName(name: string): string {
  return name.split(':')[0] ?? name;
}

function choose(name: string, circumstances: Circumstances): Nemesis | Refusal {
  const undrawn = circumstances.undrawn ?? [];
  const nemesis = nemeses.get(baseName(name)) ?? undrawn.find((one) => one.name === baseName(name));
  if (nemesis === undefined)
    return { kind: 'unknown', name, known: [...nemeses.keys(), ...undrawn.map((one) => one.name)] };
  const { needs, variants } = nemesis;
  if (needs !== undefined && !circumstances.abilities.has(needs)) return { kind: 'world', name, needs };
  const part = name.slice(baseName(name).length + 1);
  const asked =
    part === ''
      ? variants.filter((one) => comesByChance(nemesis, one, circumstances))
      : variants.filter((one) => one === part || one.startsWith(`${part}/`));
  if (part !== '' && asked.length === 0) return { kind: 'unknown', name, known: variants };
  const covered = asked.filter((variant) => excess(nemesis, variant, circumstances) === undefined);
  // Who names a part means it; of a whole nemesis only what these settings do not cover, though others would, is worth a refusal.
  const [refused] = asked.filter(
    (variant) =>
      excess(nemesis, variant, circumstances) !== undefined &&
      (covered.length === 0 || (part === '' && nemesis.exceeds?.(variant, usualSettings) === undefined)),
  );
  if (refused === undefined) return { ...nemesis, variants: covered };
  return { kind: 'exceeds', name, variant: refused, reason: excess(nemesis, refused, circumstances) ?? '' };
}

function poolOf(circumstances: Circumstances): readonly Nemesis[] {
  return [...nemeses.values()]
    .filter(
      ({ name, needs, partOf }) =>
        name !== allRandom.name &&
        partOf === undefined &&
        (needs === undefined || circumstances.abilities.has(needs)),
    )
    .map((nemesis) => ({
      ...nemesis,
      variants: nemesis.variants.filter(
        (variant) =>
          comesByChance(nemesis, variant, circumstances) &&
          excess(nemesis, variant, circumstances) === undefined,
      ),
    }))
    .filter(({ variants }) => variants.length > 0);
}

/** Those that may come by chance: covered under these settings, and not for calling by name only. */
export function commonVariants(nemesis: Nemesis, settings: Settings): readonly string[] {
  return nemesis.variants.filter(
    (variant) => nemesis.onlyByName?.(variant) !== true && nemesis.exceeds?.(variant, settings) === undefined,
  );
}

function comesByChance(nemesis: Nemesis, variant: string, { expectLoss }: Circumstances): boolean {
  return expectLoss || nemesis.onlyByName?.(variant) !== true;
}

function excess(nemesis: Nemesis, variant: string, circumstances: Circumstances): string | undefined {
  return circumstances.expectLoss ? undefined : nemesis.exceeds?.(variant, circumstances.settings);
}
