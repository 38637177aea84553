// Which operation stands in which row. A lane has as many rows as it has operations open at once, so nothing hides anything.
import { firstAtLeast } from './time-scale.js';

/** More that are open at once in one lane share its last row. */
const rowsPerLaneMax = 128;

/** Rows of the operations that `mask` lets through (absent: all), in order of their calls within each row. */
export function layOut(data, scale, mask) {
  const { lane, call, ret } = data.operations;
  const count = call.length;
  const start = new Float64Array(count);
  const end = new Float64Array(count);
  const rowIn = new Int32Array(count).fill(-1);
  const rowEnds = data.lanes.map(() => []);
  const horizon = scale.last + (scale.last - scale.first) * 0.02;
  for (let at = 0; at < count; at += 1) {
    if (mask !== undefined && mask[at] === 0) continue;
    start[at] = scale.position(call[at]);
    const isOpen = ret[at] < call[at];
    end[at] = isOpen ? horizon : scale.returnPosition(ret[at]);
    rowIn[at] = rowFor(rowEnds[lane[at]], call[at], isOpen ? call[at] : ret[at]);
  }
  return { start, end, isOpen: (at) => ret[at] < call[at], ...rowsOf(data, rowIn, rowEnds, start, end) };
}

/** The first row that is free at the call. */
function rowFor(ends, call, back) {
  let row = 0;
  while (row < ends.length && row < rowsPerLaneMax - 1 && ends[row] > call) row += 1;
  ends[row] = Math.max(ends[row] ?? back, back);
  return row;
}

function rowsOf(data, rowIn, rowEnds, start, end) {
  const { lane } = data.operations;
  const firstRow = [];
  const laneOfRow = [];
  for (const [index, ends] of rowEnds.entries()) {
    firstRow.push(laneOfRow.length);
    for (let row = 0; row < ends.length; row += 1) laneOfRow.push(index);
  }
  const row = new Int32Array(rowIn.length).fill(-1);
  const sizes = new Int32Array(laneOfRow.length + 1);
  for (let at = 0; at < row.length; at += 1) {
    if (rowIn[at] < 0) continue;
    row[at] = firstRow[lane[at]] + rowIn[at];
    sizes[row[at] + 1] += 1;
  }
  for (let at = 1; at < sizes.length; at += 1) sizes[at] += sizes[at - 1];
  const members = new Int32Array(sizes.at(-1));
  const filled = sizes.slice();
  for (let at = 0; at < row.length; at += 1) {
    if (row[at] < 0) continue;
    members[filled[row[at]]] = at;
    filled[row[at]] += 1;
  }
  // An operation without an answer reaches to where its row is needed again.
  for (let at = 0; at < members.length; at += 1) {
    const next = members[at + 1];
    if (next !== undefined && row[next] === row[members[at]])
      end[members[at]] = Math.min(end[members[at]], Math.max(start[next], start[members[at]]));
  }
  return { row, laneOfRow, firstRow, rowStart: sizes, members };
}

/** `visit(at)` for the operations of a row that reach into the stretch, in order. */
export function visitRow(layout, row, from, to, visit) {
  const { end, members, rowStart, start } = layout;
  let low = rowStart[row];
  let high = rowStart[row + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (end[members[middle]] < from) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < rowStart[row + 1] && start[members[at]] <= to; at += 1) visit(members[at]);
}

/** The operation nearest to a position in a row, or -1. `slack`: how far beside it may be. */
export function nearestIn(layout, row, position, slack = Number.POSITIVE_INFINITY) {
  const { end, members, rowStart, start } = layout;
  let best = -1;
  let bestGap = slack;
  const [low, high] = [rowStart[row], rowStart[row + 1]];
  let at = low;
  let top = high;
  while (at < top) {
    const middle = (at + top) >>> 1;
    if (start[members[middle]] < position) at = middle + 1;
    else top = middle;
  }
  for (let near = Math.max(low, at - 2); near < Math.min(high, at + 2); near += 1) {
    const one = members[near];
    const gap = Math.max(start[one] - position, position - end[one], 0);
    if (gap < bestGap || (gap === bestGap && gap === 0)) [best, bestGap] = [one, gap];
  }
  return best;
}

/** The operation before or after this one in its row, or the same where there is none. */
export function besideInRow(layout, at, step) {
  const row = layout.row[at];
  const [low, high] = [layout.rowStart[row], layout.rowStart[row + 1]];
  const place = firstAtLeast(layout.members, at, low, high) + step;
  return place < low || place >= high ? at : layout.members[place];
}
