/** Reads what stopped replicas hold, from their own files: epoch file, checkpoint, and every record of the log. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogDigest, ReplicaObservation } from '../../checkers/history/replica-observation.ts';
import { decodeEpochFile } from '../../cluster/ha/epoch-file-text.ts';
import { RecordReader } from '../../cluster/message/record-reader.ts';
import { readCheckpoint } from '../../cluster/store/checkpoint.ts';

/** `storeFolder`: the replica's storePathRootDir. Throws where the files cannot be read or hold something else. */
export function observeReplica(brokerName: string, node: string, storeFolder: string): ReplicaObservation {
  const epochFile = join(storeFolder, 'epochFileCheckpoint');
  const checkpointFile = join(storeFolder, 'checkpoint');
  const records = readRecords(join(storeFolder, 'commitlog'));
  return {
    brokerName,
    node,
    epochs: existsSync(epochFile) ? decodeEpochFile(readFileSync(epochFile)) : [],
    minOffset: records[0]?.from ?? 0,
    maxOffset: records.at(-1)?.to ?? 0,
    confirmOffset: existsSync(checkpointFile)
      ? readCheckpoint(readFileSync(checkpointFile)).confirmOffset
      : 0,
    records,
  };
}

/** Records up to the first place where there is none; the blank end of a file counts as one. */
function readRecords(folder: string): LogDigest[] {
  const records: LogDigest[] = [];
  const reader = new RecordReader();
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d{20}$/.test(name)) : [];
  for (const name of names.sort()) {
    const fileStart = Number(name);
    if (records.length > 0 && records.at(-1)?.to !== fileStart) break;
    const bytes = readFileSync(join(folder, name));
    reader.over(bytes);
    for (let at = 0; at < bytes.length; ) {
      const kind = reader.read(at, fileStart + at);
      if (kind !== 'record' && kind !== 'blank') break;
      const digest = createHash('md5')
        .update(bytes.subarray(at, at + reader.size))
        .digest('base64')
        .slice(0, 12);
      records.push({ from: fileStart + at, to: fileStart + at + reader.size, digest });
      at += reader.size;
    }
  }
  return records;
}
