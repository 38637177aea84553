/**
 * The controller's view of a broker set as it travels: extFields masterBrokerId, masterAddress, masterEpoch, syncStateSetEpoch, and ours:
 * masterHaAddress, masterIncarnation; body JSON {"syncStateSet":[ids],"syncStateSetEpoch":n}.
 */
import { Buffer } from 'node:buffer';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import type { ReplicaGroupView } from './replicas-decision.ts';

/** Undefined when the command does not hold one. A view without a master is one. */
export function readReplicaGroupView(command: RemotingCommand): ReplicaGroupView | undefined {
  const fields = command.extFields ?? {};
  const masterEpoch = integer(fields['masterEpoch']) ?? 0;
  const masterBrokerId = integer(fields['masterBrokerId']);
  const masterAddress = fields['masterAddress'] ?? '';
  const { syncStateSet, syncStateSetEpoch } = readSyncStateSet(command.body);
  if (syncStateSet === undefined) return undefined;
  const hasMaster = masterBrokerId !== undefined && masterBrokerId >= 0 && masterAddress !== '';
  return {
    masterBrokerId: hasMaster ? masterBrokerId : undefined,
    masterAddress,
    masterHaAddress: fields['masterHaAddress'] ?? '',
    masterIncarnation: fields['masterIncarnation'],
    masterEpoch,
    syncStateSet,
    syncStateSetEpoch: syncStateSetEpoch ?? integer(fields['syncStateSetEpoch']) ?? 0,
  };
}

/** The body of 1001, its answer, 1003, 1004 and 1008; 1002 wraps it the same way. */
export function readSyncStateSet(body: Uint8Array | null): {
  readonly syncStateSet: ReadonlySet<number> | undefined;
  readonly syncStateSetEpoch: number | undefined;
} {
  const nothing = { syncStateSet: undefined, syncStateSetEpoch: undefined };
  if (body === null) return nothing;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return nothing;
  }
  if (typeof value !== 'object' || value === null) return nothing;
  const { syncStateSet, syncStateSetEpoch } = value as Readonly<Record<string, unknown>>;
  const isIds =
    Array.isArray(syncStateSet) && syncStateSet.every((id): id is number => Number.isSafeInteger(id));
  return {
    syncStateSet: isIds ? new Set<number>(syncStateSet) : undefined,
    syncStateSetEpoch: typeof syncStateSetEpoch === 'number' ? syncStateSetEpoch : undefined,
  };
}

function integer(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?\d+$/.test(text)) return undefined;
  return Number(text);
}
