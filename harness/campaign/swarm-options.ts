/** Options of the servers that swarm draws: values within which every guarantee holds as with the defaults. */
import type { DrawnOption } from './draw.ts';

export const brokerOptions: readonly DrawnOption[] = [
  // Small enough that a run of seconds goes from file to file, and that a crash meets their edges.
  { key: 'mappedFileSizeCommitLog', values: ['16384', '65536', '262144'] },
  { key: 'mappedFileSizeConsumeQueue', values: ['400', '4000'] },
  // Timing: who notices first is different from seed to seed.
  { key: 'brokerHeartbeatInterval', values: ['60', '300'] },
  { key: 'controllerHeartBeatTimeoutMills', values: ['1000', '3000'] },
  { key: 'syncBrokerMetadataPeriod', values: ['100', '2000'] },
  { key: 'syncControllerMetadataPeriod', values: ['100', '2000'] },
  { key: 'registerNameServerPeriod', values: ['300', '3000'] },
  { key: 'haSendHeartbeatInterval', values: ['50', '300'] },
  { key: 'haHousekeepingInterval', values: ['800', '3000'] },
  { key: 'haMaxTimeSlaveNotCatchup', values: ['800', '4000'] },
  { key: 'haTransferBatchSize', values: ['2048', '16384'] },
  { key: 'slaveTimeout', values: ['500', '1000'] },
  { key: 'tailReadTimeoutMs', values: ['300', '3000'] },
  // Shapes of answers.
  { key: 'longPollingEnable', values: ['false'] },
  { key: 'maxTransferCountOnMessageInMemory', values: ['1', '4'] },
];

export const controllerOptions: readonly DrawnOption[] = [
  { key: 'controllerElectionTimeoutMs', values: ['300', '1500'] },
  { key: 'controllerHeartbeatIntervalMs', values: ['40', '140'] },
  { key: 'scanNotActiveBrokerInterval', values: ['40', '300'] },
];
