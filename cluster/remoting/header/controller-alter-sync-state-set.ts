/**
 * CONTROLLER_ALTER_SYNC_STATE_SET (1001): brokerName masterBrokerId masterEpoch invokeTime; ours: incarnations "1:abc;2:def".
 * Body SyncStateSet. Response: newSyncStateSetEpoch; body SyncStateSet.
 */
import {
  type HeaderOf,
  headerCodec,
  longOr,
  optionalInt,
  optionalString,
  parseLong,
  requiredInt,
  requiredLong,
  requiredString,
} from '../header-codec.ts';
import { HeaderError } from '../header-error.ts';

export const alterSyncStateSetRequestHeader = headerCodec('AlterSyncStateSetRequestHeader', {
  brokerName: requiredString,
  masterBrokerId: requiredLong,
  masterEpoch: requiredInt,
  invokeTime: longOr(0),
  /** Ours, see encodeIncarnations. */
  incarnations: optionalString,
});

export type AlterSyncStateSetRequestHeader = HeaderOf<typeof alterSyncStateSetRequestHeader>;

export const alterSyncStateSetResponseHeader = headerCodec('AlterSyncStateSetResponseHeader', {
  newSyncStateSetEpoch: optionalInt,
});

/** Incarnations hold neither ':' nor ';'. */
export function encodeIncarnations(incarnations: ReadonlyMap<number, string>): string {
  return [...incarnations].map(([brokerId, incarnation]) => `${brokerId}:${incarnation}`).join(';');
}

/** By broker id. Throws HeaderError. */
export function decodeIncarnations(text: string): Map<number, string> {
  const incarnations = new Map<number, string>();
  for (const pair of text.split(';')) {
    if (pair === '') continue;
    const colon = pair.indexOf(':');
    const brokerId = parseLong(pair.slice(0, Math.max(colon, 0)));
    if (brokerId === undefined) {
      throw new HeaderError(
        'AlterSyncStateSetRequestHeader',
        'incarnations',
        'brokerId:incarnation;...',
        text,
      );
    }
    incarnations.set(brokerId, pair.slice(colon + 1));
  }
  return incarnations;
}
