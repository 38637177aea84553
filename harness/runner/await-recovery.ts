/** After the last heal: until every replica is in the SyncStateSet and every client got somewhere, or patience ends. */
import type { NotRecovered } from '../record/not-recovered.ts';
import { type ClientsProgress, waitingText } from '../workload/clients-progress.ts';
import { awaitCondition, NotReadyError, type Patience } from './await-condition.ts';
import { groupInSync, notInSync } from './cluster-conditions.ts';
import type { ObservedRoles } from './observe-roles.ts';

export interface RecoveryOptions {
  readonly patience: Patience;
  readonly brokers: readonly string[];
  readonly controllers: readonly string[];
  readonly roles: () => Promise<ObservedRoles>;
  readonly progress: ClientsProgress;
  /** The load is at its end, whatever its clients got: true of scripts alone, which say nothing about progress then. */
  readonly isLoadOver: () => boolean;
}

export type Unrecovered = Pick<NotRecovered, 'wanted' | 'what' | 'nodes' | 'clients'>;

/** Undefined when all is well. */
export async function awaitRecovery(options: RecoveryOptions): Promise<Unrecovered | undefined> {
  const { brokers, isLoadOver, patience, progress } = options;
  progress.begin();
  let roles: ObservedRoles | undefined;
  let missing: string | undefined;
  try {
    await awaitCondition('recovery', patience, async () => {
      roles = await options.roles();
      missing = groupInSync(roles, brokers);
      if (missing !== undefined) return missing;
      const waiting = progress.waiting();
      return waiting.length === 0 || isLoadOver() ? undefined : waiting.map(waitingText).join(', ');
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    return unrecovered(error.message, missing === undefined ? undefined : roles, options);
  }
}

/** `roles`: of a group that is not whole. */
function unrecovered(
  what: string,
  roles: ObservedRoles | undefined,
  { brokers, controllers, progress }: RecoveryOptions,
): Unrecovered | undefined {
  const clients = progress.stuck();
  const who = clients.length === 0 ? {} : { clients };
  if (roles === undefined) {
    // At a tiny rate a client's turn may never come: that is no sign of anything.
    if (clients.length === 0) return undefined;
    const asked = clients.flatMap(({ node }) => node ?? []);
    return { wanted: 'progress', what, nodes: [...new Set(asked)].sort(), ...who };
  }
  if (roles.controllerLeader === undefined || roles.master === undefined)
    return { wanted: 'serving', what, nodes: [...brokers, ...controllers], ...who };
  const nodes = new Set([roles.master, ...notInSync(roles, brokers)]);
  return { wanted: 'sync', what, nodes: [...nodes], ...who };
}
