/**
 * Each run on a machine has a slot 1..250 of its own: the second byte of its addresses, or its range of ports. A slot is held by a listening
 * socket, so the operating system gives it back when the harness dies, however it dies.
 */
import { createServer, type Server } from 'node:net';
import type { AddressForm } from './link-plan.ts';

export const slotsMax = 250;
/** Below the ports that Linux and macOS hand out by themselves. */
const portFirst = 7000;
export const portsPerSlot = 100;
/** In the address form: nobody's host number, nobody's port. */
const lockPort = 10900;

export interface RunSlot {
  readonly form: AddressForm;
  readonly slot: number;
  /** Where this run's Toxiproxy answers. */
  readonly api: { readonly host: string; readonly port: number };
  /** The port form: the run's ports for hosts. */
  readonly portBase: number;
  readonly portCount: number;
  release(): Promise<void>;
}

export class NoFreeSlotError extends Error {
  override readonly name = 'NoFreeSlotError';
}

/** Linux answers on all of 127.0.0.0/8; macOS and Windows only on what was configured. */
export async function detectAddressForm(): Promise<AddressForm> {
  const server = await tryListen('127.1.254.254', 0);
  if (server === undefined) return 'ports';
  await closed(server);
  return 'addresses';
}

/** Slots from `first` on are tried in turn; start elsewhere to keep runs apart without a race. */
export async function claimRunSlot(form: AddressForm, first = 1): Promise<RunSlot> {
  for (let tried = 0; tried < slotsMax; tried += 1) {
    const slot = ((first - 1 + tried) % slotsMax) + 1;
    const base = portFirst + (slot - 1) * portsPerSlot;
    const lock =
      form === 'addresses'
        ? await tryListen(`127.${slot}.254.254`, lockPort)
        : await tryListen('127.0.0.1', base);
    if (lock === undefined) continue;
    if (form === 'ports' && !(await allFree(base + 1, portsPerSlot - 1))) {
      await closed(lock);
      continue;
    }
    return {
      form,
      slot,
      api:
        form === 'addresses'
          ? { host: `127.${slot}.254.253`, port: 8474 }
          : { host: '127.0.0.1', port: base + 1 },
      portBase: base + 2,
      portCount: portsPerSlot - 2,
      release: () => closed(lock),
    };
  }
  throw new NoFreeSlotError(
    `all ${slotsMax} slots for runs on this machine are taken; stop a run that is no longer wanted`,
  );
}

/** A program that has nothing to do with us may sit on one of the ports. */
async function allFree(first: number, count: number): Promise<boolean> {
  for (let port = first; port < first + count; port += 1) {
    const server = await tryListen('127.0.0.1', port);
    if (server === undefined) return false;
    await closed(server);
  }
  return true;
}

/** Undefined when somebody listens there, or the address does not exist. */
function tryListen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
