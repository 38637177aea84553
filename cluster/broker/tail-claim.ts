/**
 * Claims about where a queue ends. With linearizableRead they are made only after every member of the SyncStateSet has said, after the request
 * arrived, that it still follows this masterEpoch: then no successor had acknowledged anything when the request arrived (guarantee G5).
 */
import { type BrokerServices, masterEpochOf } from './broker-services.ts';

/**
 * Calls `done` once: with true when the claim may be made now, in this very turn, from what is confirmed; with false when this broker cannot
 * know (any more) where its queues end.
 */
export function whenTailIsKnown(services: BrokerServices, done: (isKnown: boolean) => void): void {
  const masterEpoch = masterEpochOf(services.role());
  if (masterEpoch === undefined) {
    done(false);
    return;
  }
  if (!services.config.linearizableRead) {
    done(true);
    return;
  }
  services.ha.readRound(services.config.tailReadTimeoutMs, (isStillFollowed) => {
    // Readable last: what predecessors acknowledged must be below the end that is claimed, and the round may have waited for it.
    done(isStillFollowed && masterEpochOf(services.role()) === masterEpoch && services.ha.tailReadable());
  });
}
