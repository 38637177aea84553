/** A running fingerprint of all that happened: two runs of one seed must end with the same one. */
import { crc32 } from '../../../cluster/bytes/crc32.ts';

export class Digest {
  #a = 0x811c9dc5;
  #b = 0x9e3779b9;

  number(value: number): void {
    const low = value | 0;
    const high = (value / 0x100000000) | 0;
    this.#a = Math.imul(this.#a ^ low, 0x01000193) ^ (this.#a >>> 15);
    this.#b = Math.imul(this.#b ^ high ^ (low << 7), 0x85ebca6b) ^ (this.#b >>> 13);
  }

  text(value: string): void {
    this.number(value.length);
    for (let i = 0; i < value.length; i++) this.number(value.charCodeAt(i));
  }

  bytes(value: Uint8Array): void {
    this.number(value.length);
    this.number(crc32(value));
  }

  hex(): string {
    return [this.#a, this.#b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
