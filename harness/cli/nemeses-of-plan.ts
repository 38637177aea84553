/** The nemeses of a plan, or the one line that says why its world or its settings do not allow them. */
import { type ChosenNemeses, chooseNemeses, type Refusal } from '../../nemeses/chosen-nemeses.ts';
import type { Ability } from '../../nemeses/nemesis.ts';
import { undrawn } from '../../nemeses/presets/named-nemeses.ts';
import { worldAbilities, worldsThatCan } from '../deployment/world-abilities.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { UsageError } from '../usage-error.ts';
import { didYouMean } from './did-you-mean.ts';

const deeds: Readonly<Record<Ability, string>> = {
  clock: 'move clocks',
  timers: 'move timers',
  disk: 'break disks',
  shape: 'shape links',
  lossy: 'make links lossy',
  wipe: 'empty disks',
};

/** Throws UsageError. */
export function nemesesOfPlan(plan: RunPlan): ChosenNemeses {
  const abilities = Object.entries(worldAbilities).find(([name]) => name === plan.deployment)?.[1];
  const chosen = chooseNemeses(plan.nemeses, {
    undrawn,
    settings: plan,
    abilities: abilities ?? new Set(),
    expectLoss: plan.expectLoss === true,
  });
  if ('nemeses' in chosen) return chosen;
  throw new UsageError(`--nemesis ${chosen.name}: ${sentence(chosen, plan.deployment)}`);
}

function sentence(refusal: Refusal, deployment: string): string {
  switch (refusal.kind) {
    case 'unknown': {
      const part = refusal.name.split(':')[1] ?? refusal.name;
      return `no such variant${didYouMean(part, refusal.known) || '.'} Known: ${refusal.known.join(', ')}`;
    }
    case 'world':
      return `the world "${deployment}" cannot ${deeds[refusal.needs]}; those that can: --deployment ${worldsThatCan(refusal.needs).join(', ')}`;
    case 'exceeds':
      return `${refusal.variant} exceeds the guarantees: ${refusal.reason}; change the settings, name other variants, or add --expect-loss`;
    default:
      return refusal satisfies never;
  }
}
