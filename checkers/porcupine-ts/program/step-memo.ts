/** (state, class of operation) to the state after it: open addressing over one array, so that a known step costs no call of the model. */

const wordsPerEntry = 3;

export class StepMemo {
  #table = new Int32Array(64 * wordsPerEntry);
  #mask = 63;
  #count = 0;

  bytes(): number {
    return this.#table.byteLength;
  }

  /** The state after it, -1 when refused, -2 when not known. */
  get(state: number, name: number): number {
    const table = this.#table;
    for (let slot = slotOf(state, name) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * wordsPerEntry;
      // States are kept plus one, so that zero means free.
      const found = table[at] as number;
      if (found === 0) return -2;
      if (found === state + 1 && table[at + 1] === name) return table[at + 2] as number;
    }
  }

  set(state: number, name: number, after: number): void {
    if (this.#count * 2 >= this.#mask) this.#grow();
    this.#put(this.#table, state, name, after);
    this.#count += 1;
  }

  #put(table: Int32Array, state: number, name: number, after: number): void {
    let slot = slotOf(state, name) & this.#mask;
    while (table[slot * wordsPerEntry] !== 0) slot = (slot + 1) & this.#mask;
    table[slot * wordsPerEntry] = state + 1;
    table[slot * wordsPerEntry + 1] = name;
    table[slot * wordsPerEntry + 2] = after;
  }

  #grow(): void {
    const old = this.#table;
    this.#mask = this.#mask * 2 + 1;
    this.#table = new Int32Array((this.#mask + 1) * wordsPerEntry);
    for (let at = 0; at < old.length; at += wordsPerEntry) {
      if (old[at] !== 0)
        this.#put(this.#table, (old[at] as number) - 1, old[at + 1] as number, old[at + 2] as number);
    }
  }
}

function slotOf(state: number, name: number): number {
  const hash = Math.imul(state, 0x9e3779b1) ^ Math.imul(name, 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) >>> 7;
}
