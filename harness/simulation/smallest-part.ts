/** Delta debugging (Zeller's ddmin): the smallest part of a list that still fails, where leaving out any one more would not. */

/** `fails` is asked for parts of `items`, which itself fails; the order is kept. It may answer false for want of time: the best so far is returned. */
export async function smallestPart<T>(
  items: readonly T[],
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  if (items.length === 0 || (await fails([]))) return [];
  let left = items;
  let pieces = 2;
  while (left.length > 1) {
    const smaller = await smallerPart(left, Math.min(pieces, left.length), fails);
    if (smaller !== undefined) {
      left = smaller.part;
      pieces = smaller.pieces;
    } else if (pieces >= left.length) return left;
    else pieces = Math.min(pieces * 2, left.length);
  }
  return left;
}

async function smallerPart<T>(
  items: readonly T[],
  pieces: number,
  fails: (part: readonly T[]) => Promise<boolean>,
): Promise<{ readonly part: readonly T[]; readonly pieces: number } | undefined> {
  const bounds = Array.from({ length: pieces + 1 }, (_, at) => Math.floor((at * items.length) / pieces));
  const ranges = bounds.slice(1).map((end, at) => [bounds[at] ?? 0, end] as const);
  for (const [from, end] of pieces > 2 ? [] : ranges) {
    const piece = items.slice(from, end);
    if (await fails(piece)) return { part: piece, pieces: 2 };
  }
  for (const [from, end] of ranges) {
    const rest = [...items.slice(0, from), ...items.slice(end)];
    if (rest.length > 0 && (await fails(rest))) return { part: rest, pieces: Math.max(2, pieces - 1) };
  }
  return undefined;
}
