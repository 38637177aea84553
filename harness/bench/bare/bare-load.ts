/** Keeps so many messages in flight at a bare master, for a while. */
import { connect } from 'node:net';

export interface LoadResult {
  readonly messages: number;
  readonly seconds: number;
}

export function bareLoad(
  port: number,
  bodyBytes: number,
  inFlight: number,
  durationMs: number,
): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const frame = Buffer.alloc(4 + 4 + bodyBytes, 'x');
    frame.writeInt32BE(4 + bodyBytes, 0);
    let nextId = 0;
    let acknowledged = 0;
    let bytesLeftOver = 0;
    const startMs = performance.now();
    const send = (count: number) => {
      const frames: Buffer[] = [];
      for (let sent = 0; sent < count; sent += 1) {
        const one = Buffer.from(frame);
        one.writeInt32BE(nextId % 2 ** 31, 4);
        nextId += 1;
        frames.push(one);
      }
      if (frames.length > 0) socket.write(Buffer.concat(frames));
    };
    socket.on('error', reject);
    socket.on('connect', () => send(inFlight));
    socket.on('data', (chunk: Buffer) => {
      const bytes = bytesLeftOver + chunk.length;
      const count = Math.floor(bytes / 4);
      bytesLeftOver = bytes % 4;
      acknowledged += count;
      if (performance.now() - startMs < durationMs) send(count);
      else if (acknowledged === nextId) {
        socket.destroy();
        resolve({ messages: acknowledged, seconds: (performance.now() - startMs) / 1000 });
      }
    });
  });
}
