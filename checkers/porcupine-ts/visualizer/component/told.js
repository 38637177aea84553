// What is said of an operation, in lines: for the tip, the live region and whoever embeds the lanes.
import { lengthOf, stepNumber } from './orders.js';

export function told(ui, at) {
  const { data } = ui;
  const { call, lane, ret } = data.operations;
  const id = data.id?.(at) ?? String(at);
  const time =
    ret[at] < call[at]
      ? `${ui.formatTime(call[at])}, and no answer ever came`
      : `${ui.formatTime(call[at])} to ${ui.formatTime(ret[at])} (took ${ui.formatTime(ret[at] - call[at])})`;
  return [
    data.text(at),
    `${data.lanes[lane[at]].label}, operation ${id}`,
    time,
    ...(data.details?.(at) ?? []),
    ...orderLines(ui, at),
  ];
}

function orderLines(ui, at) {
  const { orders = [], initialState } = ui.data;
  if (orders.length === 0) return [];
  const order = orders[ui.longest[at]];
  const refusing = orders.find(({ refused }) => refused?.includes(at));
  const lines = [];
  if (order !== undefined) {
    const step = Array.prototype.indexOf.call(order.operations, at);
    const before = step > 0 ? order.state?.(step - 1) : initialState?.(order);
    const after = order.state?.(step);
    lines.push(`Step ${stepNumber(order, step)} of ${lengthOf(order)} in the longest order that holds it`);
    if (after !== undefined && before !== undefined)
      lines.push(before === after ? `State before and after: ${after}` : `State: ${before} → ${after}`);
  }
  if (refusing !== undefined && refusing !== order) {
    const last = refusing.operations.length - 1;
    const state = last < 0 ? initialState?.(refusing) : refusing.state?.(last);
    const where = last < 0 ? 'At the beginning' : `After step ${stepNumber(refusing, last)}`;
    lines.push(`✕ ${where} it cannot follow${state === undefined ? '' : `: the state is ${state}`}`);
  } else if (order === undefined) {
    lines.push('In no order that was found');
  }
  return lines;
}
