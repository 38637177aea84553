/** Whether a replica may take a role. Pure. */
import type { RoleEpoch } from './role-epoch-file.ts';

export interface RoleClaim {
  readonly kind: 'master' | 'slave';
  readonly masterEpoch: number;
  readonly masterBrokerId: number;
}

/**
 * Undefined when it may; else the reason why not, now and for ever. `ownEpoch`: the one that this life owns or was about to own.
 */
export function refusalOf(claim: RoleClaim, promised: RoleEpoch, ownEpoch: number): string | undefined {
  if (claim.masterEpoch < promised.masterEpoch) return 'it is over';
  if (claim.masterEpoch > promised.masterEpoch) return undefined;
  if (promised.masterBrokerId !== -1 && promised.masterBrokerId !== claim.masterBrokerId) {
    return `its master is broker ${promised.masterBrokerId}, not ${claim.masterBrokerId}`;
  }
  // What an earlier life did in this epoch is unknown: after a restart the controller gives a new one (S3).
  if (claim.kind === 'master' && ownEpoch !== claim.masterEpoch)
    return 'it began in another life of this broker';
  return undefined;
}
