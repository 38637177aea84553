/** Faults as the plots draw them. */
import type { FaultEvent } from '../../checkers/history/fault.ts';
import { faultWindows, wasInjected } from '../../checkers/history/fault-window.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';

export interface FaultBand {
  readonly name: string;
  readonly nemesis: string;
  readonly variant: string;
  readonly targets: readonly string[];
  /** Seconds of the run; `to` is null while it is not proven to be gone. */
  readonly from: number;
  readonly to: number | null;
  /** Whether a probe proved that it bit. */
  readonly bit: boolean;
}

export function faultBands(events: readonly FaultEvent[]): readonly FaultBand[] {
  return faultWindows(events)
    .filter(wasInjected)
    .map(({ fault, nemesis, variant, targets, injected, healed, active }) => ({
      ...{ name: fault, nemesis, variant, targets, from: injected / 1e9 },
      to: Number.isFinite(healed) ? healed / 1e9 : null,
      bit: active !== undefined,
    }));
}

/** Light and dark, for those that are known; a stranger is grey. */
export function bandColours(
  bands: readonly FaultBand[],
): Readonly<Record<string, readonly [string, string]>> {
  const names = [...new Set(bands.map(({ nemesis }) => nemesis))];
  return Object.fromEntries(
    names.map((name) => [name, namedNemeses.get(name)?.colours ?? ['#b0b7bf', '#5b636d']]),
  );
}
