/** The bytes of one file, in pages; what was never written reads as zeros and costs nothing. */
import { freshBytes } from './fresh-bytes.ts';

const pageBytes = 8192;

export class SparseBytes {
  #size = 0;
  readonly #pages = new Map<number, Uint8Array>();

  get size(): number {
    return this.#size;
  }

  /** Bytes really held. */
  get heldBytes(): number {
    return this.#pages.size * pageBytes;
  }

  /** Bytes a write there would newly take on the disk. */
  newBytes(position: number, length: number): number {
    let pages = 0;
    const lastIndex = Math.ceil((position + length) / pageBytes);
    for (let index = Math.floor(position / pageBytes); index < lastIndex; index++) {
      if (!this.#pages.has(index)) pages++;
    }
    return pages * pageBytes;
  }

  /** A fresh array: the bytes of [position, position+length), fewer where the file ends. */
  read(position: number, length: number): Uint8Array {
    const end = Math.min(this.#size, position + length);
    const result = freshBytes(Math.max(0, end - position));
    for (let at = position; at < end; ) {
      const inPage = at % pageBytes;
      const count = Math.min(pageBytes - inPage, end - at);
      const page = this.#pages.get((at - inPage) / pageBytes);
      if (page !== undefined) result.set(page.subarray(inPage, inPage + count), at - position);
      at += count;
    }
    return result;
  }

  write(position: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const end = position + bytes.length;
    for (let at = position; at < end; ) {
      const inPage = at % pageBytes;
      const count = Math.min(pageBytes - inPage, end - at);
      this.#page((at - inPage) / pageBytes).set(bytes.subarray(at - position, at - position + count), inPage);
      at += count;
    }
    this.#size = Math.max(this.#size, end);
  }

  truncate(length: number): void {
    if (length < this.#size) {
      const keptPages = Math.ceil(length / pageBytes);
      for (const index of this.#pages.keys()) if (index >= keptPages) this.#pages.delete(index);
      const inPage = length % pageBytes;
      if (inPage > 0) this.#pages.get(keptPages - 1)?.fill(0, inPage);
    }
    this.#size = length;
  }

  /** Puts back what a `truncate(length)` right after this call takes away, however large and empty it is. */
  rememberTail(length: number): () => void {
    const size = this.#size;
    const pages = [...this.#pages]
      .filter(([index]) => (index + 1) * pageBytes > length)
      .map(([index, page]) => [index, page.slice()] as const);
    return () => {
      this.truncate(length);
      for (const [index, page] of pages) {
        const head = Math.max(0, length - index * pageBytes);
        this.#page(index).set(page.subarray(head), head);
      }
      this.#size = size;
    };
  }

  #page(index: number): Uint8Array {
    let page = this.#pages.get(index);
    if (page === undefined) {
      page = new Uint8Array(pageBytes);
      this.#pages.set(index, page);
    }
    return page;
  }
}
