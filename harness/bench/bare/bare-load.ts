/** Keeps so many messages in flight at a bare master, for a while. Started by `runLoad`. */
import { connect } from 'node:net';
import { report } from '../load-report.ts';

export interface BareLoadSettings {
  readonly port: number;
  readonly bodyBytes: number;
  readonly inFlight: number;
  /** Not measured. */
  readonly warmUpMs: number;
  readonly durationMs: number;
}

const { port, bodyBytes, inFlight, warmUpMs, durationMs } = JSON.parse(
  process.argv[2] ?? '{}',
) as BareLoadSettings;
const socket = connect({ port, host: '127.0.0.1', noDelay: true });
const frame = Buffer.alloc(4 + 4 + bodyBytes, 'x');
frame.writeInt32BE(4 + bodyBytes, 0);
let nextId = 0;
let acknowledged = 0;
let bytesLeftOver = 0;
let phase: 'warming' | 'measuring' | 'ending' = 'warming';
const startMs = performance.now();
socket.on('error', (error) => {
  throw error;
});
socket.on('connect', () => send(inFlight));
socket.on('data', (chunk: Buffer) => {
  const bytes = bytesLeftOver + chunk.length;
  const count = Math.floor(bytes / 4);
  bytesLeftOver = bytes % 4;
  acknowledged += count;
  const elapsedMs = performance.now() - startMs;
  if (phase === 'warming' && elapsedMs >= warmUpMs) {
    phase = 'measuring';
    report('begin', acknowledged);
  }
  if (phase === 'measuring' && elapsedMs >= warmUpMs + durationMs) {
    phase = 'ending';
    report('end', acknowledged);
  }
  if (phase !== 'ending') send(count);
  else if (acknowledged === nextId) socket.destroy();
});

function send(count: number): void {
  const frames: Buffer[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const one = Buffer.from(frame);
    one.writeInt32BE(nextId % 2 ** 31, 4);
    nextId += 1;
    frames.push(one);
  }
  if (frames.length > 0) socket.write(Buffer.concat(frames));
}
