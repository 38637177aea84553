/**
 * The least a replicated log can do in Node: what ours is measured against. No records, no queues, no epochs, no checks.
 *
 *     node bare-node.js slave PORT FILE
 *     node bare-node.js master PORT FILE SLAVE-PORT SLAVE-PORT
 *
 * Client to master: int32 length, then so many bytes, of which the first four are an id. Master to client: the ids, int32 each, of
 * messages that are in the file of the master and of both slaves. Master to slave: the same bytes as came. Slave to master: float64,
 * the end of its file. Everything that one turn of the event loop gathers goes out in one write.
 */
import { open } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { LineOfBytes } from './line-of-bytes.ts';

const [role = '', port = '', path = '', ...slavePorts] = process.argv.slice(2);
const file = await open(path, 'w');

if (role === 'slave') serveSlave();
else
  serveMaster(
    slavePorts.map((slavePort) => connect({ port: Number(slavePort), host: '127.0.0.1', noDelay: true })),
  );

function serveSlave(): void {
  createServer({ noDelay: true }, (socket) => {
    const line = new LineOfBytes(file, (end) => {
      const ack = Buffer.alloc(8);
      ack.writeDoubleBE(end);
      socket.write(ack);
    });
    socket.on('data', (chunk: Buffer) => line.add(chunk));
    socket.on('error', () => undefined);
  }).listen(Number(port), '127.0.0.1', ready);
}

function serveMaster(slaves: readonly Socket[]): void {
  const ends = slaves.map(() => 0);
  let ownEnd = 0;
  /** By message in order of arrival: where it ends, its id, who sent it. */
  let waiting: { readonly end: number; readonly id: number; readonly client: Socket }[] = [];
  let received = 0;
  const answer = () => {
    const safe = Math.min(ownEnd, ...ends);
    let count = 0;
    while (count < waiting.length && (waiting[count]?.end ?? Infinity) <= safe) count += 1;
    if (count === 0) return;
    const acks = new Map<Socket, number[]>();
    for (const { client, id } of waiting.slice(0, count)) {
      const ids = acks.get(client) ?? [];
      ids.push(id);
      acks.set(client, ids);
    }
    waiting = waiting.slice(count);
    for (const [client, ids] of acks) {
      const bytes = Buffer.alloc(ids.length * 4);
      for (const [at, id] of ids.entries()) bytes.writeInt32BE(id, at * 4);
      client.write(bytes);
    }
  };
  for (const [at, slave] of slaves.entries()) {
    let rest: Buffer = Buffer.alloc(0);
    slave.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const whole = rest.length - (rest.length % 8);
      if (whole === 0) return;
      ends[at] = rest.readDoubleBE(whole - 8);
      rest = rest.subarray(whole);
      answer();
    });
  }
  const line = new LineOfBytes(file, (end) => {
    ownEnd = end;
    answer();
  });
  createServer({ noDelay: true }, (client) => {
    let rest: Buffer = Buffer.alloc(0);
    client.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      while (rest.length - at >= 8) {
        const length = rest.readInt32BE(at);
        if (rest.length - at < 4 + length) break;
        received += 4 + length;
        waiting.push({ end: received, id: rest.readInt32BE(at + 4), client });
        at += 4 + length;
      }
      if (at === 0) return;
      const whole = rest.subarray(0, at);
      rest = rest.subarray(at);
      line.add(whole);
      for (const slave of slaves) slave.write(whole);
    });
  }).listen(Number(port), '127.0.0.1', ready);
}

function ready(): void {
  process.stdout.write('ready\n');
}
