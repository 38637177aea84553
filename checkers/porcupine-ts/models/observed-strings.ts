/**
 * Strings as far as anybody can tell them apart. A string that begins no answer cannot grow into one, so all such strings are one state, `unseen`. A string
 * that begins one is told by the answers it begins, which stand side by side when sorted, and by its length; so an append compares its suffix only.
 */

/** What the kv programs ask of their strings. */
export interface NumberedStrings {
  numberOf(text: string): number;
  append(number: number, suffix: string): number;
  textOf(number: number): string | undefined;
  bytes(): number;
}

const unseen = 0;

export class ObservedStrings implements NumberedStrings {
  readonly #answers: readonly string[];
  readonly #placeOf = new Map<string, number>();
  /** Per number: the first answer that the string begins, the one behind the last, and its length. `unseen` begins none, and so it stays. */
  readonly #first: number[] = [0];
  readonly #behind: number[] = [0];
  readonly #length: number[] = [0];
  readonly #numbers = new Map<number, number>();

  constructor(answers: Iterable<string>) {
    this.#answers = [...new Set(answers)].sort(byCodeUnits);
    for (const [place, answer] of this.#answers.entries()) this.#placeOf.set(answer, place);
  }

  numberOf(text: string): number {
    return this.#within(0, this.#answers.length, 0, text);
  }

  append(number: number, suffix: string): number {
    const [first, behind, length] = [this.#first[number], this.#behind[number], this.#length[number]];
    return this.#within(first as number, behind as number, length as number, suffix);
  }

  textOf(number: number): string | undefined {
    return number === unseen
      ? undefined
      : this.#answers[this.#first[number] as number]?.slice(0, this.#length[number]);
  }

  /** Whether appends alone may still lead from this string to that answer. */
  begins(number: number, answer: string): boolean {
    const place = this.#placeOf.get(answer);
    if (place === undefined) return false;
    return (this.#first[number] as number) <= place && place < (this.#behind[number] as number);
  }

  bytes(): number {
    return this.#first.length * 60;
  }

  /** The answers of [first, behind) that go on with this suffix behind their first `length` units. */
  #within(first: number, behind: number, length: number, suffix: string): number {
    const answers = this.#answers;
    let from = first;
    while (from < behind && !(answers[from] as string).startsWith(suffix, length)) from += 1;
    if (from === behind) return unseen;
    let to = from + 1;
    while (to < behind && (answers[to] as string).startsWith(suffix, length)) to += 1;
    const whole = length + suffix.length;
    // The place of its first answer and its length tell a string.
    const name = whole * answers.length + from;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#first.push(from) - 1;
    this.#behind.push(to);
    this.#length.push(whole);
    this.#numbers.set(name, number);
    return number;
  }
}

/** A string stands before whatever it begins. */
function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
