/**
 * Strings that grow at their end, as small integers: equal strings have one number, however they came about. Two hashes of the whole string are carried
 * along, so an append costs its suffix; strings whose hashes agree are compared, so numbers are exact.
 */
import type { NumberedStrings } from './observed-strings.ts';

/** Products of two residues stay below 2^52. */
const modulusOne = 67_108_859;
const modulusTwo = 67_108_837;
const base = 65_537;

export class GrowingStrings implements NumberedStrings {
  readonly #texts: string[] = [];
  readonly #hashOne: number[] = [];
  readonly #hashTwo: number[] = [];
  readonly #numbers = new Map<number, number[]>();

  numberOf(text: string): number {
    return this.#number(text, hashOf(text, 0, modulusOne), hashOf(text, 0, modulusTwo));
  }

  append(number: number, suffix: string): number {
    const one = hashOf(suffix, this.#hashOne[number] as number, modulusOne);
    const two = hashOf(suffix, this.#hashTwo[number] as number, modulusTwo);
    // JavaScript joins strings lazily: nothing is copied until somebody looks.
    return this.#number((this.#texts[number] as string) + suffix, one, two);
  }

  textOf(number: number): string | undefined {
    return this.#texts[number];
  }

  bytes(): number {
    return this.#texts.length * 150;
  }

  #number(text: string, one: number, two: number): number {
    const hash = one * modulusTwo + two;
    const bucket = this.#numbers.get(hash);
    const known = bucket?.find((number) => this.#texts[number] === text);
    if (known !== undefined) return known;
    const number = this.#texts.push(text) - 1;
    this.#hashOne.push(one);
    this.#hashTwo.push(two);
    if (bucket === undefined) this.#numbers.set(hash, [number]);
    else bucket.push(number);
    return number;
  }
}

function hashOf(text: string, start: number, modulus: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) hash = (hash * base + text.charCodeAt(at) + 1) % modulus;
  return hash;
}
