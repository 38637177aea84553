/** Every order of 0 .. count-1; the first is the identity. permutation[i] is the new place of i. */
export function permutations(count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  return permutations(count - 1)
    .flatMap((shorter) =>
      Array.from({ length: count }, (_, place) => [
        ...shorter.slice(0, place),
        count - 1,
        ...shorter.slice(place),
      ]),
    )
    .sort((a, b) => compareVectors(a, b));
}

export function compareVectors(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
