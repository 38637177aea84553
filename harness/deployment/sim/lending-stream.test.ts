import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ByteStream } from '../../../cluster/runtime/network.ts';
import { numbered } from './connected-pair.ts';
import { SimWorld } from './sim-world.ts';

async function dialledWith(
  lendsBytes: boolean,
): Promise<{ world: SimWorld; server: ByteStream; client: ByteStream }> {
  const world = new SimWorld(1);
  const servers: ByteStream[] = [];
  const accept = (stream: ByteStream) => {
    servers.push(stream);
    stream.handle({ data: () => undefined, close: () => undefined });
  };
  await world.settle(world.host('n1').start().network.listen({ host: 'n1', port: 9 }, accept));
  const { network } = world.host('w1').start();
  const client = await world.settle(network.connect({ host: 'n1', port: 9 }, 1000, { lendsBytes }));
  await world.run(() => servers.length > 0, 1000);
  const [server] = servers;
  assert(server !== undefined);
  return { world, server, client };
}

describe('a stream that lends its bytes', () => {
  it('brings all of them, and spoils those that are kept', async () => {
    const { world, server, client } = await dialledWith(true);
    const kept: Uint8Array[] = [];
    const copied: number[] = [];
    client.handle({
      data: (bytes) => {
        kept.push(bytes);
        copied.push(...bytes);
      },
      close: () => undefined,
    });
    server.write(numbered(5000));
    await world.run(() => copied.length === 5000, 10_000);
    assert.deepEqual(Uint8Array.from(copied), numbered(5000));
    assert(kept.every((bytes) => bytes.every((byte) => byte === 0xdd)));
  });

  it('is not what others get', async () => {
    const { world, server, client } = await dialledWith(false);
    const kept: Uint8Array[] = [];
    client.handle({ data: (bytes) => kept.push(bytes), close: () => undefined });
    server.write(numbered(5000));
    await world.run(() => Buffer.concat(kept).length === 5000, 10_000);
    assert.deepEqual(Uint8Array.from(Buffer.concat(kept)), numbered(5000));
  });
});
