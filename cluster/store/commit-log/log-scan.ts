/** Reads the log record by record, for recovery. */
import type { RecordReader } from '../../message/record-reader.ts';
import type { FileQueue } from '../file-queue.ts';
import { LOG_BLOCK_BYTES, type LogBlocks } from './log-blocks.ts';

export interface LogScan {
  /** Behind the last whole record: here the log ends. */
  readonly end: number;
  /** What is there instead of a record. */
  readonly fault: string;
}

export interface LogScanOptions {
  /** A record begins here. */
  readonly from: number;
  /** From here on a record may be torn behind its body, too, where no CRC looks. */
  readonly unsyncedFrom: number;
  /** What lies from here on is not what was once there. */
  readonly soundEnd: number;
  /** Returns what is wrong with the record in the light of what came before it. */
  readonly each: (reader: RecordReader) => string | undefined;
  /** Called after each block of records, all of which end at or below `end`. */
  readonly afterBlock: (end: number) => Promise<void>;
}

/** Goes on to the first thing that is no whole record in its own place. */
export async function scanLog(
  files: FileQueue,
  blocks: LogBlocks,
  reader: RecordReader,
  options: LogScanOptions,
): Promise<LogScan> {
  let position = options.from;
  let blockBytes = LOG_BLOCK_BYTES;
  for (;;) {
    const block = await blocks.read(position, blockBytes);
    const fileEnd = files.startOf(position) + files.fileBytes;
    const step = scanBlock(reader.over(block), position, fileEnd, options);
    position += step.length;
    await options.afterBlock(position);
    blockBytes = LOG_BLOCK_BYTES;
    if (step.fault === undefined) continue;
    const wanted = reader.size;
    const longer = step.cut && wanted > block.length && position + wanted <= fileEnd;
    if (step.length === 0 && !longer) return { end: position, fault: step.fault };
    if (!step.cut) return { end: position, fault: step.fault };
    blockBytes = Math.max(LOG_BLOCK_BYTES, wanted);
  }
}

interface BlockScan {
  /** Bytes of whole records. */
  readonly length: number;
  readonly fault?: string;
  /** The block ended within a record. */
  readonly cut?: boolean;
}

function scanBlock(
  reader: RecordReader,
  position: number,
  fileEnd: number,
  options: LogScanOptions,
): BlockScan {
  let at = 0;
  for (;;) {
    if (position + at === fileEnd) return { length: at };
    const kind = reader.read(at, position + at);
    if (kind === 'bad') return { length: at, fault: reader.fault };
    if (kind === 'cut') return { length: at, fault: 'the file ends within it', cut: true };
    if (position + at + reader.size > options.soundEnd)
      return { length: at, fault: 'a part of the log with another checksum' };
    if (kind === 'blank') {
      if (position + at + reader.size !== fileEnd)
        return { length: at, fault: `a blank of ${reader.size} bytes` };
      return { length: at + reader.size };
    }
    if (!reader.bodyIsWhole()) return { length: at, fault: 'a body with another CRC' };
    if (position + at >= options.unsyncedFrom && !reader.textIsWhole())
      return { length: at, fault: 'a torn text' };
    const fault = options.each(reader);
    if (fault !== undefined) return { length: at, fault };
    at += reader.size;
  }
}
