// Draws one order over the lanes: a line through its points, the number of each step, the state after it, and what was refused at its end.
import { stepNumber } from './orders.js';
import { boxFont, fitted, line, outline, rowTop, tallRow, textWidth } from './paint.js';
import { firstAtLeast } from './time-scale.js';

export const stateHeight = 26;
const numberFont = '600 10px system-ui, sans-serif';

/** `shown`: { order, points }, see lanes.js. */
export function paintOrder(context, ui, shown) {
  const { order, points } = shown;
  const { theme, view } = ui;
  const first = Math.max(0, firstAtLeast(points, view.from) - 1);
  const last = Math.min(points.length - 1, firstAtLeast(points, view.to));
  context.save();
  context.beginPath();
  context.rect(view.left, ui.top, view.plotWidth + view.right, ui.height - ui.top);
  context.clip();
  // From afar the line would be a block of ink, and the states a row of bars.
  const isNear = last - first < view.plotWidth / 2;
  if (isNear) paintLine(context, ui, shown, first, last);
  if (isNear) paintNumbers(context, ui, shown, first, last);
  const end = points.length === 0 ? view.min : points.at(-1);
  for (const refused of order.refused ?? []) {
    const { layout } = ui;
    if (layout.row[refused] < 0) continue;
    if (!ui.errors.includes(refused)) outline(context, ui, refused, theme.error, { dash: [5, 3] });
    const x = view.x(Math.min(Math.max(end, layout.start[refused]), layout.end[refused]));
    const y = middleOf(ui, refused);
    if (points.length > 0)
      dashed(context, theme.error, view.x(end), middleOf(ui, order.operations.at(-1)), x, y);
    cross(context, theme.error, theme.back, x, y);
  }
  context.restore();
  if (ui.stateTop === undefined) return;
  if (isNear) paintStates(context, ui, shown, first, last);
  else paintFarStates(context, ui, last - first + 1);
}

/** Below the text, where a row has room for both. */
function middleOf(ui, at) {
  return rowTop(ui, ui.layout.row[at]) + ui.rowHeight * (ui.rowHeight >= tallRow ? 0.69 : 0.5);
}

function paintLine(context, ui, { order, points }, first, last) {
  const { view, layout, theme } = ui;
  context.strokeStyle = theme.order;
  context.lineWidth = last - first > view.plotWidth / 8 ? 0.8 : 1.6;
  context.beginPath();
  for (let step = first; step <= last; step += 1) {
    const at = order.operations[step];
    if (layout.row[at] < 0) continue;
    const x = Math.max(-50, Math.min(view.x(points[step]), view.width + 50));
    if (step === first) context.moveTo(x, middleOf(ui, at));
    else context.lineTo(x, middleOf(ui, at));
  }
  context.stroke();
}

function paintNumbers(context, ui, { order, points }, first, last) {
  const { view, theme } = ui;
  context.font = numberFont;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const free = new Map();
  for (let step = first; step <= last; step += 1) {
    const at = order.operations[step];
    const x = view.x(points[step]);
    const y = middleOf(ui, at);
    const text = String(stepNumber(order, step));
    const half = Math.max(8, text.length * 3.2 + 4);
    const isCurrent = at === ui.current;
    const next = step < last ? view.x(points[step + 1]) : Number.POSITIVE_INFINITY;
    const roomy = ui.rowHeight >= 16 && x - half >= (free.get(y) ?? -1e9) && (next - x > 5 || isCurrent);
    context.fillStyle = theme.order;
    context.beginPath();
    if (!roomy && !isCurrent) {
      context.arc(x, y, 2.4, 0, 7);
      context.fill();
      continue;
    }
    free.set(y, x + half + 1);
    context.roundRect(x - half, y - 8, 2 * half, 16, 8);
    context.fill();
    context.strokeStyle = isCurrent ? theme.accent : theme.back;
    context.lineWidth = isCurrent ? 2.5 : 1;
    context.stroke();
    context.fillStyle = theme.orderText;
    context.fillText(text, x, y + 0.5);
  }
}

function paintFarStates(context, ui, steps) {
  const { theme, view } = ui;
  context.fillStyle = theme.panel;
  context.fillRect(view.left, ui.stateTop, view.width - view.left, stateHeight);
  context.font = '11px system-ui, sans-serif';
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = theme.dim;
  const text = `${steps.toLocaleString('en')} steps of an order: zoom in to see them, and the state after each`;
  context.fillText(text, view.left + 5, ui.stateTop + stateHeight / 2);
}

/** A ribbon above the lanes: the state between one point and the next. */
function paintStates(context, ui, { order, points }, first, last) {
  const { theme, view } = ui;
  const top = ui.stateTop;
  context.fillStyle = theme.panel;
  context.fillRect(view.left, top, view.width - view.left, stateHeight);
  context.save();
  context.beginPath();
  context.rect(view.left, top, view.width - view.left, stateHeight);
  context.clip();
  const stateAt = (step) => (step < 0 ? ui.data.initialState?.(order) : order.state?.(step));
  const segment = (text, from, to, colour, back) => {
    const left = Math.max(from, view.left);
    const right = Math.min(to, view.width);
    if (right - left < 1) return;
    if (back !== undefined) {
      context.globalAlpha = 0.16;
      context.fillStyle = back;
      context.fillRect(left, top, right - left, stateHeight);
      context.globalAlpha = 1;
    }
    context.font = boxFont;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillStyle = colour;
    context.fillText(fitted(context, text, right - left - 10), left + 5, top + stateHeight / 2 + 0.5);
  };
  let text = stateAt(first - 1) ?? '';
  let from = first === 0 ? view.left : view.x(points[first - 1]);
  for (let step = first; step <= last; step += 1) {
    const after = stateAt(step) ?? '';
    if (after === text) continue;
    const x = view.x(points[step]);
    segment(text, from, x, theme.text);
    line(context, theme.order, x, top, x, top + stateHeight, 0.8, 1.5);
    [text, from] = [after, x];
  }
  const isEnd = last === points.length - 1;
  const end = !isEnd ? view.width : Math.max(from + 30, view.x(points[last] ?? view.min) + 24);
  segment(text, from, isEnd && order.refused?.length > 0 ? end + textWidth(text) : view.width, theme.text);
  if (isEnd && order.refused?.length > 0) {
    const at = Math.max(end, from + textWidth(text) + 16);
    segment(`✕ ${refusal(ui, order)}`, at, Math.max(view.width, at + 10), theme.error, theme.error);
  }
  context.restore();
}

export function refusal(ui, order) {
  const { refused } = order;
  const one = [ui.current, ...ui.errors].find((at) => refused.includes(at)) ?? refused[0];
  const others =
    refused.length === 1 ? '' : ` (nor ${refused.length - 1} ${refused.length === 2 ? 'other' : 'others'})`;
  return `${ui.data.text(one)} cannot follow${others}`;
}

function dashed(context, colour, x, y, toX, toY) {
  context.setLineDash([5, 4]);
  line(context, colour, x, y, toX, toY, 1, 1.6);
  context.setLineDash([]);
}

function cross(context, colour, back, x, y) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, 7.5, 0, 7);
  context.fill();
  line(context, back, x - 3, y - 3, x + 3, y + 3, 1, 2);
  line(context, back, x + 3, y - 3, x - 3, y + 3, 1, 2);
}
