/** Reads what stopped replicas hold, from their own files: epoch file, checkpoint, and every record of the log. */
import { createHash } from 'node:crypto';
import type { LogDigest, ReplicaObservation } from '../../checkers/history/replica-observation.ts';
import { decodeEpochFile } from '../../cluster/ha/epoch-file-text.ts';
import { RecordReader } from '../../cluster/message/record-reader.ts';
import { readCheckpoint } from '../../cluster/store/checkpoint.ts';
import type { Cluster } from '../deployment/deployment.ts';
import type { StoredFiles } from '../deployment/stored-files.ts';

/** All brokers among these nodes, which are stopped. */
export function observeReplicas(cluster: Cluster, nodes: readonly string[]): ReplicaObservation[] {
  const told = new Set<string>();
  return cluster.hosts
    .filter(({ kind, name }) => kind === 'broker' && nodes.includes(name))
    .map(({ name }) => observeReplica(cluster.plan.brokerName, name, cluster.storedFiles(name), told));
}

/**
 * `files`: the replica's data folder, with the store in `store`. `told`: records that other replicas have told of, by place and digest.
 * Throws where the files cannot be read or hold something else.
 */
export function observeReplica(
  brokerName: string,
  node: string,
  files: StoredFiles,
  told = new Set<string>(),
): ReplicaObservation {
  const epochFile = files.read('store/epochFileCheckpoint');
  const checkpointFile = files.read('store/checkpoint');
  const records = readRecords(files, told);
  return {
    brokerName,
    node,
    epochs: epochFile === undefined ? [] : decodeEpochFile(epochFile),
    minOffset: records[0]?.from ?? 0,
    maxOffset: records.at(-1)?.to ?? 0,
    confirmOffset: checkpointFile === undefined ? 0 : readCheckpoint(checkpointFile).confirmOffset,
    records,
  };
}

/** Records up to the first place where there is none; the blank end of a file counts as one. */
function readRecords(files: StoredFiles, told: Set<string>): LogDigest[] {
  const records: LogDigest[] = [];
  const reader = new RecordReader();
  for (const name of files.list('store/commitlog').filter((one) => /^\d{20}$/.test(one))) {
    const fileStart = Number(name);
    if (records.length > 0 && records.at(-1)?.to !== fileStart) break;
    const bytes = files.read(`store/commitlog/${name}`);
    if (bytes === undefined) break;
    reader.over(bytes);
    for (let at = 0; at < bytes.length; ) {
      const kind = reader.read(at, fileStart + at);
      if (kind !== 'record' && kind !== 'blank') break;
      const digest = createHash('md5')
        .update(bytes.subarray(at, at + reader.size))
        .digest('base64')
        .slice(0, 12);
      const from = fileStart + at;
      const isNew = kind === 'record' && !told.has(`${from} ${digest}`);
      if (isNew) told.add(`${from} ${digest}`);
      const message = isNew ? { message: `${reader.topic}/${reader.queueId}@${reader.queueOffset}` } : {};
      records.push({ from, to: from + reader.size, digest, ...message });
      at += reader.size;
    }
  }
  return records;
}
