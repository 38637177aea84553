// Draws the lanes on a canvas: time above, bands behind, operations as boxes with their text; from afar as what they cover.
import { visitRow } from './layout.js';
import { ticksOf } from './time-scale.js';

export const axisHeight = 22;
export const flagHeight = 18;
export const rowGap = 4;
/** From this height on a box has its text above and the points of an order below. */
export const tallRow = 38;
export const boxFont = '11.5px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';
const smallFont = '11px system-ui, sans-serif';

/** What is drawn with, read from the page's CSS variables: again whenever they may have changed. */
export function readTheme(root, kinds) {
  const style = getComputedStyle(root);
  const read = (name) => (name.startsWith('--') ? style.getPropertyValue(name).trim() || '#888' : name);
  return {
    back: read('--lanes-back'),
    text: read('--lanes-text'),
    dim: read('--lanes-dim'),
    line: read('--lanes-line'),
    panel: read('--lanes-panel'),
    accent: read('--lanes-accent'),
    error: read('--lanes-error'),
    order: read('--lanes-order'),
    orderText: read('--lanes-order-text'),
    band: read('--lanes-band'),
    found: read('--lanes-found'),
    kinds: kinds.map((kind) => read(kind.colour)),
    read,
  };
}

/** Canvas text is measured once: the font has one width. */
let characterWidth = 0;
export function fitted(context, text, width) {
  if (characterWidth === 0) {
    context.font = boxFont;
    characterWidth = context.measureText('0123456789').width / 10;
  }
  const room = Math.floor(width / characterWidth);
  if (text.length <= room) return text;
  return room < 3 ? '' : `${text.slice(0, room - 1)}…`;
}

export function textWidth(text) {
  return text.length * characterWidth;
}

/** Everything but the order. `ui`: see lanes.js. */
export function paintLanes(context, ui) {
  const { view, theme, height } = ui;
  context.fillStyle = theme.back;
  context.fillRect(0, 0, view.width, height);
  paintBands(context, ui);
  context.save();
  context.beginPath();
  context.rect(view.left, ui.top, view.plotWidth + view.right, height - ui.top);
  context.clip();
  const [first, last] = visibleRows(ui);
  for (let row = first; row <= last; row += 1) paintRow(context, ui, row);
  context.restore();
  paintLabels(context, ui, first, last);
}

export function visibleRows(ui) {
  const first = Math.max(0, Math.floor(ui.scrollTop / ui.rowHeight));
  const last = Math.ceil((ui.scrollTop + ui.height - ui.top) / ui.rowHeight);
  return [first, Math.min(ui.layout.laneOfRow.length - 1, last)];
}

export function rowTop(ui, row) {
  return ui.top + row * ui.rowHeight - ui.scrollTop;
}

function paintRow(context, ui, row) {
  const { layout, view, rowHeight } = ui;
  const { kind } = ui.data.operations;
  const top = rowTop(ui, row) + rowGap / 2;
  const boxHeight = rowHeight - rowGap;
  // What is narrower than a few pixels is gathered by columns of pixels, the most telling kind on top of the others.
  let column = -1;
  let covered = 0;
  let [least, most] = [0, 0];
  let faded = true;
  const rank = (one) => ui.data.kinds[one].rank ?? one;
  const fill = (one, alpha) => {
    context.globalAlpha = alpha;
    context.fillStyle = ui.theme.kinds[one];
    const size = boxHeight * (ui.data.kinds[one].size ?? 1);
    context.fillRect(column, top + (boxHeight - size) / 2, Math.max(1, Math.ceil(covered)), size);
  };
  const flush = () => {
    if (column < 0) return;
    const strength = faded ? 0.3 : 0.85;
    fill(least, strength * Math.max(0.35, Math.min(1, covered)));
    if (most !== least) fill(most, strength);
    context.globalAlpha = 1;
  };
  visitRow(layout, row, view.from, view.to, (at) => {
    const x = view.x(layout.start[at]);
    const width = view.x(layout.end[at]) - x;
    if (width >= 3) {
      paintBox(context, ui, at, x, top, width, boxHeight);
      return;
    }
    const pixel = Math.floor(x);
    if (pixel !== column) {
      flush();
      [column, covered, faded] = [pixel, 0, true];
      [least, most] = [kind[at], kind[at]];
    }
    covered += Math.max(width, 0.2);
    if (rank(kind[at]) > rank(most)) most = kind[at];
    if (rank(kind[at]) < rank(least)) least = kind[at];
    faded = faded && ui.isFaded(at);
  });
  flush();
}

function paintBox(context, ui, at, x, top, width, height) {
  const { data, layout, theme, view } = ui;
  const kind = data.operations.kind[at];
  const open = layout.isOpen(at);
  const left = Math.max(x, view.left - 4);
  const right = Math.min(x + width, view.left + view.plotWidth + view.right + 4);
  const size = height * (data.kinds[kind].size ?? 1);
  const boxTop = top + (height - size) / 2;
  const faded = ui.isFaded(at);
  context.fillStyle = theme.kinds[kind];
  context.globalAlpha = (faded ? 0.35 : 1) * (width < 8 ? 0.85 : 0.26);
  shape(context, left, boxTop, right - left - 0.5, size, open && right >= x + width);
  context.fill();
  context.globalAlpha = faded ? 0.35 : 1;
  if (width >= 8) {
    context.strokeStyle = theme.kinds[kind];
    context.lineWidth = 1;
    if (open) context.setLineDash([4, 3]);
    context.stroke();
    context.setLineDash([]);
  }
  const textLeft = Math.max(left, view.left) + 5;
  if (size >= 13 && right - textLeft > 20) {
    const text = fitted(context, data.text(at), right - textLeft - 5);
    if (text !== '') {
      context.font = boxFont;
      context.textAlign = 'left';
      context.textBaseline = 'middle';
      context.fillStyle = theme.text;
      context.fillText(
        text,
        textLeft,
        boxTop + (ui.rowHeight >= tallRow && ui.hasOrders ? 11 : size / 2 + 0.5),
      );
    }
  }
  context.globalAlpha = 1;
}

/** A box; open on the right where no answer ever came. */
function shape(context, x, y, width, height, open) {
  context.beginPath();
  if (open) {
    context.moveTo(x + width, y);
    context.lineTo(x, y);
    context.lineTo(x, y + height);
    context.lineTo(x + width, y + height);
    return;
  }
  context.roundRect(x + 0.5, y + 0.5, Math.max(width - 1, 1), height - 1, Math.min(3, width / 3));
}

/** A line around an operation, wide enough to be seen from afar. */
export function outline(context, ui, at, colour, { inset = 0, dash = [], width = 2 } = {}) {
  const { layout, view } = ui;
  if (layout.row[at] < 0) return;
  const top = rowTop(ui, layout.row[at]) + rowGap / 2;
  if (top > ui.height || top + ui.rowHeight < ui.top) return;
  const x = view.x(layout.start[at]);
  const right = Math.max(view.x(layout.end[at]), x + 3);
  if (right < view.left - 8 || x > view.width + 8) return;
  const left = Math.max(x, view.left - 10);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  const grow = 1.5 - inset;
  context.roundRect(
    left - grow,
    top - grow,
    Math.min(right, view.width + 10) - left + 2 * grow,
    ui.rowHeight - rowGap + 2 * grow,
    4,
  );
  context.stroke();
  context.setLineDash([]);
}

function paintBands(context, ui) {
  const { data, layout, theme, view } = ui;
  const { scale } = view;
  const height = Math.min(ui.height, rowTop(ui, layout.laneOfRow.length) + 4);
  for (const band of data.bands ?? []) {
    const from = Math.max(view.x(scale.position(band.from)), view.left);
    const to = Math.min(view.x(scale.returnPosition(band.to)), view.left + view.plotWidth);
    if (to < view.left || from > view.left + view.plotWidth) continue;
    context.fillStyle = theme.read(band.colour ?? '--lanes-band');
    context.globalAlpha = 0.22;
    context.fillRect(from, ui.flagTop, Math.max(to - from, 1), height - ui.flagTop);
    context.globalAlpha = 0.75;
    context.fillRect(from, ui.flagTop, Math.max(to - from, 1), 3);
    context.globalAlpha = 1;
  }
}

/** The axis and the texts of bands and points, over everything. */
export function paintAxis(context, ui) {
  const { theme, view } = ui;
  context.fillStyle = theme.back;
  context.fillRect(view.left, 0, view.plotWidth + view.right, axisHeight);
  context.font = smallFont;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const { position, time, step } of ticksOf(view)) {
    const x = Math.round(view.x(position)) + 0.5;
    if (x < view.left - 1) continue;
    context.strokeStyle = theme.line;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, 4);
    context.lineTo(x, axisHeight);
    context.stroke();
    const text = ui.formatTime(time, view.scale.kind === 'time' ? step : undefined);
    context.fillStyle = theme.dim;
    if (x + 5 + context.measureText(text).width < view.width) context.fillText(text, x + 5, 11);
  }
  line(context, theme.line, view.left, axisHeight - 0.5, view.width, axisHeight - 0.5);
  if (ui.hasFlags) paintFlags(context, ui);
}

function paintFlags(context, ui) {
  const { data, theme, view } = ui;
  const { scale } = view;
  const middle = ui.flagTop + flagHeight / 2 + 1;
  const flags = [
    ...(data.bands ?? []).map((band) => ({ ...band, at: band.from, until: band.to })),
    ...(data.points ?? []).map((point) => ({ ...point, until: undefined })),
  ].sort((one, other) => one.at - other.at);
  let free = view.left;
  context.font = smallFont;
  for (const { at, colour, label, until } of flags) {
    const real = view.x(scale.position(at));
    const end = until === undefined ? real : view.x(scale.returnPosition(until));
    if (end < view.left || real > view.left + view.plotWidth) continue;
    if (until === undefined) {
      context.setLineDash([3, 3]);
      line(context, theme.read(colour ?? '--lanes-dim'), real, ui.flagTop, real, ui.height);
      context.setLineDash([]);
    }
    const x = Math.max(real, view.left);
    const width = context.measureText(label).width;
    // A text that has no room is told by the tip.
    if (x < free || x + width + 8 > view.width) continue;
    context.fillStyle = theme.text;
    context.textAlign = 'left';
    context.fillText(label, x + 5, middle);
    free = x + width + 14;
  }
}

function paintLabels(context, ui, first, last) {
  const { data, layout, theme, view } = ui;
  context.fillStyle = theme.back;
  context.fillRect(0, 0, view.left - 4, ui.height);
  context.save();
  context.beginPath();
  context.rect(0, ui.top, view.left - 8, ui.height - ui.top);
  context.clip();
  context.font = smallFont;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const every = Math.max(1, Math.ceil(13 / ui.rowHeight));
  for (let row = first; row <= last; row += 1) {
    const lane = layout.laneOfRow[row];
    const top = layout.firstRow[lane];
    const isFirst = top === row;
    if (isFirst && row % every === 0) {
      const isCurrent = ui.current >= 0 && data.operations.lane[ui.current] === lane;
      context.fillStyle = isCurrent ? theme.text : theme.dim;
      context.fillText(data.lanes[lane].label, 10, rowTop(ui, row) + ui.rowHeight / 2, view.left - 20);
    }
  }
  context.restore();
  for (let row = first; row <= last; row += 1) {
    const top = rowTop(ui, row);
    if (top < ui.top || layout.firstRow[layout.laneOfRow[row]] !== row || ui.rowHeight < 14) continue;
    line(context, theme.line, 0, top - 0.5, view.width, top - 0.5, 0.6);
  }
}

export function line(context, colour, x, y, toX, toY, alpha = 1, width = 1) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
  context.globalAlpha = 1;
}
