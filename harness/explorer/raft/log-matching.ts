/** Log matching (paper, Figure 3): where two logs have the same index and term, they are equal up to there. Logs as `entriesKey` writes them. */
export function unmatched(left: string, right: string): number | undefined {
  const a = left.split(' ');
  const b = right.split(' ');
  let differs = false;
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    if (a[index] !== b[index] && a[index]?.split('.')[0] === b[index]?.split('.')[0]) return index;
    if (a[index] !== b[index]) differs = true;
    else if (differs) return index;
  }
  return undefined;
}
