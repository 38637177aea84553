// Orders in which operations took effect (linearizations): the longest one through each operation, and where its points stand in time.

/** `longest[at]`: the first of the longest orders that hold the operation, or -1. */
export function longestOrders(orders, count) {
  const longest = new Int32Array(count).fill(-1);
  const byLength = orders.map((_, index) => index);
  byLength.sort((one, other) => lengthOf(orders[other]) - lengthOf(orders[one]) || one - other);
  for (const index of byLength)
    for (const at of orders[index].operations) if (longest[at] < 0) longest[at] = index;
  return longest;
}

/** Steps of an order, those that are not drawn included. */
export function lengthOf(order) {
  return order.total ?? stepNumber(order, order.operations.length - 1);
}

/** Steps count from 1; `first` is the number of the first one that is drawn. */
export function stepNumber(order, index) {
  return (order.first ?? 1) + index;
}

/**
 * A moment for each step, inside its operation and never before the step before it. Steps that could all be at one moment are spread over the time
 * they have.
 */
export function pointsOf(order, layout, horizon) {
  const places = order.operations;
  const count = places.length;
  const latest = new Float64Array(count);
  // What was left over had not returned yet at any of the steps.
  let bound = (order.refused ?? []).reduce(
    (least, at) => (layout.isOpen(at) ? least : Math.min(least, layout.end[at])),
    horizon,
  );
  for (let step = count - 1; step >= 0; step -= 1) {
    const at = places[step];
    if (!layout.isOpen(at)) bound = Math.min(bound, layout.end[at]);
    latest[step] = bound;
  }
  const points = new Float64Array(count);
  let reached = Number.NEGATIVE_INFINITY;
  for (let first = 0; first < count; ) {
    const earliest = Math.max(reached, layout.start[places[first]]);
    let next = first + 1;
    while (next < count && layout.start[places[next]] <= earliest) next += 1;
    const limit = next < count ? layout.start[places[next]] : horizon;
    for (let step = first; step < next; step += 1) {
      const room = Math.max(0, Math.min(latest[step], limit) - earliest);
      points[step] = earliest + (room * (step - first + 1)) / (next - first + 1);
    }
    reached = points[next - 1];
    first = next;
  }
  return points;
}
