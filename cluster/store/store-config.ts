/** The store's settings, under RocketMQ's key names. */

import { DEFAULT_DELAY_LEVELS } from '../message/delay-levels.ts';
import type { HostAddress } from '../message/host-address.ts';
import { StoreError } from './store-error.ts';

export interface StoreConfig {
  readonly storePathRootDir: string;
  /** Written into every record and into message ids: numeric ip, the broker's listen port. */
  readonly storeHost: HostAddress;
  /** Default `storePathRootDir`/commitlog. */
  readonly storePathCommitLog?: string;
  /** Bytes. */
  readonly mappedFileSizeCommitLog?: number;
  /** Bytes, a multiple of 20. (RocketMQ's own unit; its default is 300,000 entries.) */
  readonly mappedFileSizeConsumeQueue?: number;
  readonly flushDiskType?: 'SYNC_FLUSH' | 'ASYNC_FLUSH';
  /** Milliseconds between syncs under ASYNC_FLUSH. */
  readonly flushIntervalCommitLog?: number;
  /** Milliseconds between writes of ConsumeQueues and checkpoint. */
  readonly flushIntervalConsumeQueue?: number;
  /** Bytes of one message's body. */
  readonly maxMessageSize?: number;
  readonly messageDelayLevel?: string;
  /** Ours: bytes of the log's end that stay in memory; what is older is read from disk. */
  readonly memoryTailBytes?: number;
}

export const storeConfigDefaults = {
  mappedFileSizeCommitLog: 1024 * 1024 * 1024,
  mappedFileSizeConsumeQueue: 6_000_000,
  flushDiskType: 'ASYNC_FLUSH',
  flushIntervalCommitLog: 500,
  flushIntervalConsumeQueue: 1000,
  maxMessageSize: 4 * 1024 * 1024,
  messageDelayLevel: DEFAULT_DELAY_LEVELS,
  memoryTailBytes: 16 * 1024 * 1024,
} as const;

/** Throws StoreError 'config'. */
export function completeStoreConfig(config: StoreConfig): Required<StoreConfig> {
  const complete = {
    ...storeConfigDefaults,
    storePathCommitLog: `${config.storePathRootDir}/commitlog`,
    ...config,
  };
  const { mappedFileSizeCommitLog, mappedFileSizeConsumeQueue } = complete;
  requireThat(
    Number.isSafeInteger(mappedFileSizeCommitLog) &&
      mappedFileSizeCommitLog >= 1024 &&
      mappedFileSizeCommitLog < 2 ** 31,
    `mappedFileSizeCommitLog: wanted 1024 to ${2 ** 31 - 1} bytes, got ${mappedFileSizeCommitLog}`,
  );
  requireThat(
    mappedFileSizeConsumeQueue >= 20 && mappedFileSizeConsumeQueue % 20 === 0,
    `mappedFileSizeConsumeQueue: wanted a multiple of 20 bytes, got ${mappedFileSizeConsumeQueue}`,
  );
  return complete;
}

function requireThat(holds: boolean, message: string): void {
  if (!holds) throw new StoreError('config', message);
}
