/** Opens a store's folder: lock, checkpoint, files, recovery. */
import { parseDelayLevels } from '../message/delay-levels.ts';
import type { Disk } from '../runtime/disk.ts';
import { makeDurableFolder } from '../runtime/durable-folder.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { ConsumeQueues } from './consume-queue/consume-queues.ts';
import { Dispatcher } from './dispatcher.ts';
import { FileQueue } from './file-queue.ts';
import { LogSums } from './log-sums.ts';
import { OpenFiles } from './open-files.ts';
import { type Recovered, recover } from './recovery.ts';
import { completeStoreConfig, type StoreConfig } from './store-config.ts';
import { StoreError } from './store-error.ts';

export interface StoreParts {
  readonly config: Required<StoreConfig>;
  readonly logFiles: FileQueue;
  readonly queues: ConsumeQueues;
  readonly dispatcher: Dispatcher;
  readonly checkpoint: CheckpointFile;
  readonly sums: LogSums;
  readonly recovered: Recovered;
  /** See `recover`. */
  readonly verifiedFrom: number;
  /** The stop was clean. Durable when it resolves. */
  removeAbortMarker(): Promise<void>;
  /** And gives the folder free. */
  closeFiles(): Promise<void>;
}

/** Rejects with StoreError ('config': the files do not fit the settings) or DiskError (EBUSY: another process has the folder). */
export async function openParts(runtime: Runtime, given: StoreConfig): Promise<StoreParts> {
  const config = completeStoreConfig(given);
  const delayLevelsMs = parseDelayLevels(config.messageDelayLevel);
  if (delayLevelsMs === undefined) {
    throw new StoreError(
      'config',
      `messageDelayLevel: wanted times like "1s 5m 2h", got "${config.messageDelayLevel}"`,
    );
  }
  const root = config.storePathRootDir;
  const { disk } = runtime;
  await makeDurableFolder(disk, root);
  const lock = await disk.lock(root);
  const files = new OpenFiles(disk);
  const closeFiles = async () => {
    await files.closeAll();
    await lock.release();
  };
  try {
    // Beside what follows; who waits for it hears of its failure.
    const loadingSums = LogSums.open(files, root);
    loadingSums.catch(() => undefined);
    const checkpoint = await CheckpointFile.open(disk, files, root);
    requireSameFileSizes(checkpoint, config);
    const { storePathCommitLog, mappedFileSizeCommitLog, mappedFileSizeConsumeQueue } = config;
    const logFiles = new FileQueue(
      disk,
      files,
      storePathCommitLog,
      mappedFileSizeCommitLog,
      'mappedFileSizeCommitLog',
    );
    await logFiles.load(checkpoint.last.ours?.syncedOffset);
    const queues = new ConsumeQueues(disk, files, `${root}/consumequeue`, mappedFileSizeConsumeQueue);
    const dispatcher = new Dispatcher(queues, delayLevelsMs);
    const clean = await setAbortMarker(disk, files, root);
    const found = await recover({
      files: logFiles,
      queues,
      dispatcher,
      checkpoint: checkpoint.last,
      clean,
      sums: await loadingSums,
      trace: runtime.trace,
      seededBugs: runtime.seededBugs,
    });
    return {
      config,
      logFiles,
      queues,
      dispatcher,
      checkpoint,
      sums: await loadingSums,
      ...found,
      removeAbortMarker: () => removeAbortMarker(disk, files, root),
      closeFiles,
    };
  } catch (error) {
    await closeFiles();
    throw error;
  }
}

/** Durable. True when it was not there: the stop before was clean. */
async function setAbortMarker(disk: Disk, files: OpenFiles, root: string): Promise<boolean> {
  if ((await disk.status(`${root}/abort`)) !== undefined) return false;
  await files.use(`${root}/abort`, (file) => file.sync());
  await disk.syncDirectory(root);
  return true;
}

async function removeAbortMarker(disk: Disk, files: OpenFiles, root: string): Promise<void> {
  await files.close(`${root}/abort`);
  await disk.remove(`${root}/abort`);
  await disk.syncDirectory(root);
}

function requireSameFileSizes(checkpoint: CheckpointFile, config: Required<StoreConfig>): void {
  const ours = checkpoint.last.ours;
  if (ours === undefined) return;
  const pairs = [
    ['mappedFileSizeCommitLog', ours.commitLogFileBytes, config.mappedFileSizeCommitLog],
    ['mappedFileSizeConsumeQueue', ours.consumeQueueFileBytes, config.mappedFileSizeConsumeQueue],
  ] as const;
  for (const [key, stored, wanted] of pairs) {
    if (stored === wanted) continue;
    const where = config.storePathRootDir;
    throw new StoreError(
      'config',
      `${key}: the files in ${where} have ${stored} bytes, the setting says ${wanted}; set it back`,
    );
  }
}
