import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ByteStream } from '../network.ts';
import { HostsTable } from './hosts-table.ts';
import { OsNetwork } from './os-network.ts';

/** What `count` bytes sent to a client that dialled so come out as; the other side closes behind them. */
async function received(lendsBytes: boolean, count: number): Promise<{ bytes: Buffer; memories: number }> {
  const network = new OsNetwork(new HostsTable());
  const accept = (stream: ByteStream) => {
    stream.handle({ data: () => undefined, close: () => undefined });
    stream.write(Uint8Array.from({ length: count }, (_, index) => index % 251));
    stream.end();
  };
  const listener = await network.listen({ host: '127.0.0.1', port: 0 }, accept);
  const client = await network.connect(listener.address, 5000, { lendsBytes });
  const copies: Uint8Array[] = [];
  const memories = new Set<ArrayBufferLike>();
  await new Promise<void>((resolve) => {
    client.handle({
      data: (chunk) => {
        copies.push(Uint8Array.from(chunk));
        memories.add(chunk.buffer);
      },
      close: () => resolve(),
    });
  });
  await listener.close();
  network.close();
  return { bytes: Buffer.concat(copies), memories: memories.size };
}

describe('TCP streams', () => {
  const count = 700_000;
  const wanted = Uint8Array.from({ length: count }, (_, index) => index % 251);

  it('bring every byte, and the close behind them', async () => {
    assert((await received(false, count)).bytes.equals(wanted));
  });

  it('bring the same when they lend their bytes, all in one memory', async () => {
    const { bytes, memories } = await received(true, count);
    assert(bytes.equals(wanted));
    assert.equal(memories, 1);
  });
});
