/** The order that sorts times, equal ones as they came; undefined when they are sorted already. */
export function sortedOrder(times: Float64Array): Int32Array | undefined {
  let at = 1;
  while (at < times.length && (times[at - 1] as number) <= (times[at] as number)) at += 1;
  if (at >= times.length) return undefined;
  const order = new Int32Array(times.length);
  for (let index = 0; index < order.length; index += 1) order[index] = index;
  // Histories are nearly sorted: an operation overtakes those that were open with it. Insertion costs as much as was overtaken.
  let moves = times.length * 40;
  for (; at < order.length && moves >= 0; at += 1) {
    const time = times[at] as number;
    let to = at;
    while (to > 0 && (times[order[to - 1] as number] as number) > time) {
      order[to] = order[to - 1] as number;
      to -= 1;
    }
    order[to] = at;
    moves -= at - to;
  }
  // Not this one. Ties go by number, so what was moved does not matter.
  if (moves < 0) order.sort((one, other) => (times[one] as number) - (times[other] as number) || one - other);
  return order;
}
