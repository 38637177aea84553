/** Insertion sort in place: short, and mostly in order already. */
export function sortFrom(vector: number[], from: number): void {
  for (let at = from + 1; at < vector.length; at += 1) {
    const value = vector[at] ?? 0;
    let to = at;
    while (to > from && (vector[to - 1] ?? 0) > value) {
      vector[to] = vector[to - 1] ?? 0;
      to -= 1;
    }
    vector[to] = value;
  }
}
