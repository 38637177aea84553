/** One file (an inode): what a process reads, and which of it a loss of power would take away. */
import { copyOf } from './fresh-bytes.ts';
import type { SimRandom } from './sim-random.ts';
import { SparseBytes } from './sparse-bytes.ts';

const sectorBytes = 512;
/** Above either the older half counts as written back, as a kernel does after a while. */
const unsyncedChangesMax = 4096;
const unsyncedBytesMax = 32 * 1024 * 1024;

interface Change {
  readonly sequence: number;
  readonly redo:
    | { readonly kind: 'write'; readonly position: number; readonly bytes: Uint8Array }
    | { readonly kind: 'truncate'; readonly length: number };
  readonly undo: () => void;
  /**
   * A failed sync leaves pages marked clean that never reached the disk, so no later sync writes them ('forsaken');
   * a 'durable' change stays in the list only because a forsaken one lies before it.
   */
  state: 'unsynced' | 'forsaken' | 'durable';
}

/** What a loss of power leaves of it: nothing, or whatever luck wants. */
export type UnsyncedWrites = 'lost' | 'torn';

export class SimFile {
  readonly kind = 'file';
  readonly #bytes = new SparseBytes();
  #changes: Change[] = [];
  #sequence = 0;
  #unsyncedBytes = 0;

  get size(): number {
    return this.#bytes.size;
  }

  get heldBytes(): number {
    return this.#bytes.heldBytes;
  }

  newBytes(position: number, length: number): number {
    return this.#bytes.newBytes(position, length);
  }

  read(position: number, length: number): Uint8Array {
    return this.#bytes.read(position, length);
  }

  write(position: number, source: Uint8Array): void {
    const bytes = copyOf(source);
    const sizeBefore = this.size;
    const before = this.#bytes.read(position, bytes.length);
    this.#bytes.write(position, bytes);
    this.#record({ kind: 'write', position, bytes }, () => {
      this.#bytes.write(position, before);
      this.#bytes.truncate(sizeBefore);
    });
  }

  truncate(length: number): void {
    const sizeBefore = this.size;
    const undo =
      length < sizeBefore ? this.#bytes.rememberTail(length) : () => this.#bytes.truncate(sizeBefore);
    this.#bytes.truncate(length);
    this.#record({ kind: 'truncate', length }, undo);
  }

  /** What a sync that starts now covers. */
  syncMark(): number {
    return this.#sequence;
  }

  synced(mark: number): void {
    const hasForsaken = this.#changes.some((change) => change.state === 'forsaken');
    if (!hasForsaken) {
      this.#changes = this.#changes.filter((change) => change.sequence >= mark);
      this.#unsyncedBytes = 0;
      for (const { redo } of this.#changes) {
        if (redo.kind === 'write') this.#unsyncedBytes += redo.bytes.length;
      }
      return;
    }
    for (const change of this.#changes) {
      if (change.sequence < mark && change.state === 'unsynced') change.state = 'durable';
    }
  }

  syncFailed(mark: number): void {
    for (const change of this.#changes) {
      if (change.sequence < mark && change.state === 'unsynced') change.state = 'forsaken';
    }
  }

  /** The machine lost its power: each unsynced change survives whole, in part, or not at all; or none does. */
  losePower(random: SimRandom, unsynced: UnsyncedWrites = 'torn'): void {
    const changes = this.#changes;
    this.#forget();
    for (const change of changes.toReversed()) change.undo();
    for (const change of changes) {
      if (change.state === 'durable') this.#redoWhole(change);
      else if (unsynced === 'torn') this.#redoByLuck(change, random);
    }
  }

  /** Changes the disk itself, as rot or a careless hand does: nothing to sync, nothing to lose. */
  alter(edit: (bytes: SparseBytes) => void): void {
    this.#forget();
    edit(this.#bytes);
  }

  #forget(): void {
    this.#changes = [];
    this.#unsyncedBytes = 0;
  }

  #record(redo: Change['redo'], undo: Change['undo']): void {
    this.#changes.push({ sequence: this.#sequence++, redo, undo, state: 'unsynced' });
    if (redo.kind === 'write') this.#unsyncedBytes += redo.bytes.length;
    if (this.#changes.length <= unsyncedChangesMax && this.#unsyncedBytes <= unsyncedBytesMax) return;
    this.synced(this.#changes[this.#changes.length >> 1]?.sequence ?? 0);
  }

  #redoWhole(change: Change): void {
    if (change.redo.kind === 'write') this.#bytes.write(change.redo.position, change.redo.bytes);
    else this.#bytes.truncate(change.redo.length);
  }

  #redoByLuck(change: Change, random: SimRandom): void {
    const luck = random.below(6);
    if (luck < 2) return;
    if (luck < 4 || change.redo.kind === 'truncate') {
      this.#redoWhole(change);
      return;
    }
    const { position, bytes } = change.redo;
    if (luck === 4) {
      this.#bytes.write(position, bytes.subarray(0, random.below(bytes.length + 1)));
      return;
    }
    // The size reached the disk, and the sectors in any order: lost ones read as before, or as zeros behind the old end.
    if (position + bytes.length > this.size) this.#bytes.truncate(position + bytes.length);
    for (let at = 0; at < bytes.length; ) {
      const count = Math.min(sectorBytes - ((position + at) % sectorBytes), bytes.length - at);
      if (random.oneIn(2)) this.#bytes.write(position + at, bytes.subarray(at, at + count));
      at += count;
    }
  }
}
