/** For tests: two hosts and a connection between them. */
import assert from 'node:assert/strict';
import type { ByteStream } from '../../../cluster/runtime/network.ts';
import { SimWorld } from './sim-world.ts';

export interface End {
  readonly stream: ByteStream;
  readonly chunks: Uint8Array[];
  readonly closes: (string | undefined)[];
  received(): Uint8Array;
}

export function endOf(stream: ByteStream): End {
  const chunks: Uint8Array[] = [];
  const closes: (string | undefined)[] = [];
  stream.handle({
    data: (bytes) => {
      assert.equal(closes.length, 0, 'data after the close');
      chunks.push(bytes);
    },
    close: (error) => closes.push(error === undefined ? undefined : (error as { code?: string }).code),
  });
  return { stream, chunks, closes, received: () => Buffer.concat(chunks) };
}

/** n1 listens, w1 dialled. */
export async function connected(seed: number): Promise<{ world: SimWorld; server: End; client: End }> {
  const world = new SimWorld(seed);
  const servers: End[] = [];
  await world.settle(
    world
      .host('n1')
      .start()
      .network.listen({ host: 'n1', port: 9 }, (stream) => servers.push(endOf(stream))),
  );
  const dialled = world.host('w1').start().network.connect({ host: 'n1', port: 9 }, 1000);
  const client = endOf(await world.settle(dialled));
  await world.run(() => servers.length > 0, 1000);
  const [server] = servers;
  assert(server !== undefined);
  return { world, server, client };
}

/** So many different bytes. */
export function numbered(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => index % 251);
}
