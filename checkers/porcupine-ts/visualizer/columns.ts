/**
 * Columns of numbers and texts as few bytes: uint32 length of the header | header JSON | columns one after another. The header says of each column
 * [kind, first byte, bytes]. Numbers are varints of 7 bits, low ones first; `delta` columns hold zigzag differences. Read by page/unpack.js.
 */
export type ColumnKind = 'delta' | 'varint' | 'float' | 'texts';

export class ColumnWriter {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;
  readonly #places: Record<string, readonly [ColumnKind, number, number]> = {};

  /** Whole numbers, 0 or more. */
  varints(name: string, numbers: Iterable<number>): void {
    this.#column(name, 'varint', () => {
      for (const number of numbers) this.#varint(number);
    });
  }

  /** Whole numbers that differ little from the one before. */
  deltas(name: string, numbers: Iterable<number>): void {
    this.#column(name, 'delta', () => {
      let before = 0;
      for (const number of numbers) {
        const difference = number - before;
        this.#varint(difference < 0 ? -difference * 2 - 1 : difference * 2);
        before = number;
      }
    });
  }

  floats(name: string, numbers: readonly number[]): void {
    this.#column(name, 'float', () => {
      this.#append(new Uint8Array(Float64Array.from(numbers).buffer));
    });
  }

  texts(name: string, texts: readonly string[]): void {
    this.#column(name, 'texts', () => this.#append(new TextEncoder().encode(JSON.stringify(texts))));
  }

  /** `facts`: whatever else the header is to hold. */
  packed(facts: object): Uint8Array {
    const header = new TextEncoder().encode(JSON.stringify({ ...facts, columns: this.#places }));
    const all = new Uint8Array(4 + header.length + this.#length);
    new DataView(all.buffer).setUint32(0, header.length);
    all.set(header, 4);
    all.set(this.#bytes.subarray(0, this.#length), 4 + header.length);
    return all;
  }

  #column(name: string, kind: ColumnKind, write: () => void): void {
    const first = this.#length;
    write();
    this.#places[name] = [kind, first, this.#length - first];
  }

  #varint(number: number): void {
    this.#reserve(8);
    let rest = number;
    while (rest >= 128) {
      this.#bytes[this.#length] = 128 | (rest % 128);
      this.#length += 1;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length] = rest;
    this.#length += 1;
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Distinct values, numbered as they come. */
export class Numbered<Value> {
  readonly values: Value[] = [];
  readonly #numbers = new Map<Value, number>();

  numberOf(value: Value): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, this.values.length);
    return this.values.push(value) - 1;
  }
}
