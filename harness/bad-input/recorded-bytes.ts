/** What real clients, brokers and controllers once said to each other: the material that garbage is made of. */
import { readFileSync } from 'node:fs';

export interface RecordedBytes {
  readonly frames: readonly Uint8Array[];
  /** Each the beginning of what one side of an HA connection sent. */
  readonly haStreams: readonly Uint8Array[];
}

/** From the fixtures, found from the project's root. */
export function readRecordedBytes(): RecordedBytes {
  return {
    frames: linesOf<{ frame: string }>('cluster/remoting/fixtures/frames.jsonl').map(({ frame }) =>
      Buffer.from(frame, 'base64'),
    ),
    haStreams: linesOf<{ bytes: string }>('cluster/ha/fixtures/ha-streams.jsonl').map(({ bytes }) =>
      Buffer.from(bytes, 'base64'),
    ),
  };
}

function linesOf<T>(path: string): readonly T[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}
