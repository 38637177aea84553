/** What a nemesis may do to the machines and links of the simulated world beyond killing, pausing and cutting: for the cluster that lives there. */
import type { FaultLink } from '../../../checkers/history/fault.ts';
import { DiskError } from '../../../cluster/runtime/disk.ts';
import { ActiveShapings } from '../../../nemeses/active-shapings.ts';
import {
  type Ability,
  type ClockProbe,
  type ClockSetting,
  type DelayProbe,
  type DiskDamage,
  type DiskProbe,
  type DiskTrouble,
  delayProbeBytes,
  type LinkShape,
  type Shaping,
} from '../../../nemeses/nemesis.ts';
import type { HostDisk } from './host-disk.ts';
import type { SimHost } from './sim-host.ts';
import type { SimWorld } from './sim-world.ts';

/** Virtual time costs nothing: as long as the slowest shape may take. */
const delayPatienceMs = 5000;
const probePath = '/harness-probe';
const probeBytes = 4096;

export class SimFaults {
  readonly abilities: ReadonlySet<Ability> = new Set<Ability>(['clock', 'timers', 'disk', 'shape', 'lossy']);
  readonly #world: SimWorld;
  readonly #shapings = new ActiveShapings<LinkShape>();
  readonly #endTrouble = new Map<string, () => void>();

  constructor(world: SimWorld) {
    this.#world = world;
  }

  setClock(node: string, { offsetMs, driftPpm, ratePpm }: ClockSetting): Promise<void> {
    const { clock } = this.#world.host(node);
    if (offsetMs !== undefined) clock.setWallOffset(offsetMs);
    if (driftPpm !== undefined) clock.setWallDrift(driftPpm);
    if (ratePpm !== undefined) clock.setRate(ratePpm);
    return Promise.resolve();
  }

  probeClock(node: string): Promise<ClockProbe> {
    const { clock } = this.#world.host(node);
    const [offsetMs, monotonicMs] = [clock.wallOffsetMs(), clock.monotonicMs()];
    return Promise.resolve({ node, offsetMs, monotonicMs, trueMs: this.#world.now() });
  }

  breakDisk(node: string, trouble: DiskTrouble): Promise<void> {
    this.#mend(node);
    const { disk } = this.#world.host(node);
    this.#endTrouble.set(node, startTrouble(disk, trouble));
    return Promise.resolve();
  }

  mendDisk(node: string): Promise<void> {
    this.#mend(node);
    return Promise.resolve();
  }

  async probeDisk(node: string): Promise<DiskProbe> {
    const disk = this.#world.host(node).ownDisk();
    const beginMs = this.#world.now();
    const file = await disk.open(probePath, { create: true });
    await file.truncate(0);
    const write = await codeOf(file.write(0, new Uint8Array(probeBytes)).then(() => file.sync()));
    const read = await codeOf(file.read(0, probeBytes));
    await file.close();
    const ms = this.#world.now() - beginMs;
    await disk.remove(probePath);
    return { node, write, read, ms };
  }

  /** Of a host whose process is gone. */
  damageDisk(node: string, damage: DiskDamage): Promise<string> {
    const host = this.#world.host(node);
    if (host.running) return Promise.reject(new Error(`${node} runs; stop it before its disk is damaged`));
    return Promise.resolve().then(() => damageLog(host, damage));
  }

  shapeLinks(links: readonly FaultLink[], shape: LinkShape): Promise<Shaping> {
    const shaping: Shaping = {
      links,
      effective: () => this.#shapings.effective(shaping),
      heal: () => {
        if (this.#shapings.end(shaping)) this.#shape(links);
        return Promise.resolve();
      },
    };
    this.#shapings.add(shaping, links, shape);
    this.#shape(links);
    return Promise.resolve(shaping);
  }

  shapedLinks(): readonly FaultLink[] {
    return this.#shapings.links();
  }

  probeDelays(links: readonly FaultLink[]): Promise<readonly DelayProbe[]> {
    return Promise.all(
      links.map(async ([from, to]) => ({
        from,
        to,
        ms: await this.#world.ping(from, to, delayProbeBytes, delayPatienceMs),
      })),
    );
  }

  #mend(node: string): void {
    this.#endTrouble.get(node)?.();
    this.#endTrouble.delete(node);
  }

  #shape(links: readonly FaultLink[]): void {
    for (const link of links) this.#world.shape(...link, this.#shapings.shapeOf(link) ?? {});
  }
}

/** The result ends it. */
function startTrouble(disk: HostDisk, trouble: DiskTrouble): () => void {
  switch (trouble.kind) {
    case 'slow':
      disk.slowness = trouble.factor;
      return () => {
        disk.slowness = 1;
      };
    case 'full':
      disk.fill();
      return () => disk.makeRoom();
    case 'read-error':
      return disk.fail({ operation: 'read' });
    default:
      return trouble satisfies never;
  }
}

async function codeOf(operation: Promise<unknown>): Promise<string> {
  try {
    await operation;
    return 'done';
  } catch (error) {
    if (error instanceof DiskError) return error.code;
    throw error;
  }
}

/** The log is what counts, and of it what was written: the zeros behind it are room. */
function damageLog({ name, disk }: SimHost, { kind, place }: DiskDamage): string {
  const files = disk
    .filePaths()
    .filter((path) => /\/commitlog\/\d+$/.test(path))
    .map((path) => ({ path, length: writtenLength(disk.readFile(path)) }));
  const total = files.reduce((sum, { length }) => sum + length, 0);
  let at = Math.floor(place * total);
  for (const { path, length } of files) {
    if (at >= length) {
      at -= length;
      continue;
    }
    if (kind === 'truncate') {
      disk.truncateFile(path, at);
      return `${path}: cut to ${at} bytes`;
    }
    disk.flipBits(path, at, 1 << (Math.floor(place * 1e6) % 8));
    return `${path}: a bit of byte ${at} turned over`;
  }
  throw new Error(`${name} has written no log yet: there is nothing to damage`);
}

function writtenLength(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return length;
}
