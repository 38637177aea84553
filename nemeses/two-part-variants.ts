/** Variants such as "half/drop": any of one list with any of another. */

export interface TwoPartVariants<First extends string, Second extends string> {
  readonly all: readonly string[];
  /** Throws RangeError. */
  parse(variant: string): readonly [First, Second];
}

/** `what`: as in `no partition named "x"`. */
export function twoPartVariants<First extends string, Second extends string>(
  what: string,
  firsts: readonly First[],
  seconds: readonly Second[],
): TwoPartVariants<First, Second> {
  return {
    all: firsts.flatMap((first) => seconds.map((second) => `${first}/${second}`)),
    parse(variant) {
      const [firstText, secondText] = variant.split('/');
      const first = firsts.find((known) => known === firstText);
      const second = seconds.find((known) => known === secondText);
      if (first === undefined || second === undefined)
        throw new RangeError(
          `no ${what} named "${variant}"; wanted ${firsts.join('|')} / ${seconds.join('|')}`,
        );
      return [first, second];
    },
  };
}
