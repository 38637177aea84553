/** A fault from its injection to the proof that it is gone. */
import type { FaultEvent } from './fault.ts';

export interface FaultWindow {
  readonly fault: string;
  readonly nemesis: string;
  readonly variant: string;
  readonly targets: readonly string[];
  /** Nanoseconds on the clock of the run: when it was injected, or given up for want of a target. */
  readonly injected: number;
  /** Infinity where the heal was never proven: it may be at work until the end of the run. */
  readonly healed: number;
  /** From the proof that it bites to the beginning of the heal; undefined: it never bit. */
  readonly active: { readonly from: number; readonly to: number } | undefined;
  readonly failure: string | undefined;
}

/** Whether anything was done to the cluster at all. */
export function wasInjected({ injected, healed }: FaultWindow): boolean {
  return healed > injected;
}

/** Nobody was there to hit, so nothing was done: no proof is wanted of it. */
export function foundNoTarget({ failure, active }: FaultWindow): boolean {
  return active === undefined && failure?.startsWith('no target') === true;
}

/** In order of injection. Events may come in any order between faults; those of one fault come in order. */
export function faultWindows(events: Iterable<FaultEvent>): FaultWindow[] {
  const byFault = new Map<string, FaultEvent[]>();
  for (const event of events) {
    const known = byFault.get(event.fault);
    if (known === undefined) byFault.set(event.fault, [event]);
    else known.push(event);
  }
  return [...byFault.values()].flatMap(windowOf).sort((a, b) => a.injected - b.injected);
}

function windowOf(events: readonly FaultEvent[]): FaultWindow[] {
  const [first] = events;
  if (first === undefined) return [];
  const at = (phase: FaultEvent['phase']) => events.find((event) => event.phase === phase);
  const bit = at('bit');
  const heal = at('heal');
  const reasons = events
    .filter(({ phase }) => phase === 'failed')
    .map(({ proof }) => String(proof?.['reason'] ?? 'no reason was given'));
  return [
    {
      fault: first.fault,
      nemesis: first.nemesis,
      variant: first.variant,
      targets: bit?.targets ?? first.targets,
      injected: first.time,
      // What found nothing to hit did nothing, and explains nothing.
      healed: at('inject') === undefined ? first.time : (at('healed')?.time ?? Infinity),
      active: bit === undefined ? undefined : { from: bit.time, to: heal?.time ?? Infinity },
      failure: reasons.length === 0 ? undefined : reasons.join(', then '),
    },
  ];
}
