/** The disk of one node that lives outside the harness: what is done to it while the node runs, when its power goes, and while it is down. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type DiskOrder,
  type DiskTold,
  FaultyDisk,
  healthyDisk,
} from '../../cluster/runtime/os/faulty-disk.ts';
import { replaceFile } from '../../cluster/runtime/os/replace-file.ts';
import { undoUnsynced } from '../../cluster/runtime/os/unsynced-journal.ts';
import type { Random } from '../../cluster/runtime/random.ts';
import type { DiskDamage, DiskProbe, DiskTrouble, NodeState, UnsyncedWrites } from '../../nemeses/nemesis.ts';
import type { OpenOptions } from './deployment.ts';

/** The simulated disk's slowness is a factor; so much each of it adds to every operation here. */
const delayMsPerFactor = 0.1;
const answerPatienceMs = 4000;
const lookAgainMs = 20;
/** So many zeros in a row are the end of what was written. */
const blankBytes = 4 * 1024 * 1024;

/** To be given to the node, whose disk then does as it is told there. */
export function diskEnvironment(folder: string): Readonly<Record<string, string>> {
  return { ROCKETMQ_DISK_FAULTS: folder };
}

/** Undefined where nobody will break a disk. */
export function diskLuckOf({ needs }: Pick<OpenOptions, 'needs'>, random: Random): Random | undefined {
  return needs?.has('disk') === true ? random : undefined;
}

export class NodeDisk {
  readonly folder: string;
  readonly #node: string;
  readonly #dataFolder: string;
  readonly #random: Random;
  #order: DiskOrder = healthyDisk;

  /** `nodeFolder`: that with the node's `data`. */
  constructor(node: string, nodeFolder: string, random: Random) {
    this.folder = join(nodeFolder, 'disk');
    this.#node = node;
    this.#dataFolder = join(nodeFolder, 'data');
    this.#random = random;
    mkdirSync(this.folder, { recursive: true });
  }

  /** Resolves when a node that runs has taken notice. */
  async break(trouble: DiskTrouble, state: () => NodeState): Promise<void> {
    const delayMs = trouble.kind === 'slow' ? trouble.factor * delayMsPerFactor : 0;
    await this.#tell({ trouble: trouble.kind, delayMs, probe: false }, state);
  }

  async mend(state: () => NodeState): Promise<void> {
    await this.#tell({ trouble: 'none', delayMs: 0, probe: false }, state);
  }

  /** Asks the node that runs; of one that is down, tries what it would meet at its start. `ms`: what was added to the disk's own time. */
  async probe(state: () => NodeState): Promise<DiskProbe> {
    const { trouble, delayMs } = this.#order;
    const told = await this.#tell({ trouble, delayMs, probe: true }, state);
    const node = this.#node;
    if (told?.probe !== undefined) return { node, ...told.probe };
    if (state() !== 'absent') return { node, write: 'no answer', read: 'no answer', ms: 0 };
    return { node, ...(await new FaultyDisk(this.#dataFolder, this.folder, false).probe()) };
  }

  /** Of a node that was killed. Says what is gone. */
  losePower(unsynced: UnsyncedWrites): string {
    const chance = () => this.#random.below(2 ** 30) / 2 ** 30;
    const { writes, bytes, names } = undoUnsynced(this.folder, unsynced, chance);
    return `${this.#node} lost ${bytes} bytes of ${writes} writes and ${names} names that were not synced`;
  }

  damage({ kind, place }: DiskDamage): string {
    const files = readdirSync(this.#dataFolder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /(^|\/)commitlog\/\d+$/.test(path))
      .sort()
      .map((path) => ({ path, length: writtenLength(join(this.#dataFolder, path)) }));
    let at = Math.floor(place * files.reduce((sum, { length }) => sum + length, 0));
    for (const { path, length } of files) {
      if (at >= length) {
        at -= length;
        continue;
      }
      const full = join(this.#dataFolder, path);
      if (kind === 'truncate') {
        truncateSync(full, at);
        return `${path}: cut to ${at} bytes`;
      }
      const [before, after] = flipBit(full, at, 1 << (Math.floor(place * 1e6) % 8));
      return `${path}: a bit of byte ${at} turned over, ${before} reads ${after}`;
    }
    throw new Error(`${this.#node} has written no log yet: there is nothing to damage`);
  }

  async #tell(order: Omit<DiskOrder, 'number'>, state: () => NodeState): Promise<DiskTold | undefined> {
    this.#order = { ...order, number: this.#order.number + 1 };
    replaceFile(join(this.folder, 'order'), JSON.stringify(this.#order));
    const { number } = this.#order;
    for (const untilMs = performance.now() + answerPatienceMs; performance.now() < untilMs; ) {
      if (state() !== 'running') return undefined;
      const told = this.#told();
      if (told?.number === number) return told;
      await new Promise<void>((resolve) => setTimeout(resolve, lookAgainMs));
    }
    return undefined;
  }

  #told(): DiskTold | undefined {
    const path = join(this.folder, 'told');
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as DiskTold) : undefined;
  }
}

/** As it reads again from the disk. */
function flipBit(path: string, at: number, mask: number): readonly [before: number, after: number] {
  const file = openSync(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, at);
    const before = byte[0] ?? 0;
    writeSync(file, Uint8Array.of(before ^ mask), 0, 1, at);
    readSync(file, byte, 0, 1, at);
    return [before, byte[0] ?? 0];
  } finally {
    closeSync(file);
  }
}

function writtenLength(path: string): number {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(blankBytes);
    for (let at = 0, end = 0; ; at += blankBytes) {
      const count = readSync(file, bytes, 0, blankBytes, at);
      let length = count;
      while (length > 0 && bytes[length - 1] === 0) length -= 1;
      if (length > 0) end = at + length;
      if (length === 0 || count < blankBytes) return end;
    }
  } finally {
    closeSync(file);
  }
}
