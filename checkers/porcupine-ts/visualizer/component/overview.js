// A strip with the whole history: how much went on when, bands, errors, and the visible stretch as a window that can be dragged.

export const overviewHeight = 40;
const overviewBottom = 6;

/** Counts per column of pixels are kept until the width, the scale or the operations change. */
export function countColumns(ui) {
  const { layout, view } = ui;
  const columns = Math.max(1, Math.floor(view.plotWidth));
  const total = new Uint32Array(columns);
  for (let at = 0; at < layout.row.length; at += 1) {
    if (layout.row[at] < 0) continue;
    const share = (layout.start[at] - view.min) / (view.max - view.min);
    total[Math.min(columns - 1, Math.floor(share * columns))] += 1;
  }
  return { total, most: total.reduce((one, other) => Math.max(one, other), 1) };
}

/** Where a position stands in the strip. */
export function overviewX(view, position) {
  return view.left + ((position - view.min) / (view.max - view.min)) * view.plotWidth;
}

export function overviewPosition(view, x) {
  return view.min + ((x - view.left) / view.plotWidth) * (view.max - view.min);
}

export function paintOverview(context, ui, columns) {
  const { data, layout, theme, view } = ui;
  const height = overviewHeight - overviewBottom;
  context.fillStyle = theme.back;
  context.fillRect(0, 0, view.width, overviewHeight);
  context.fillStyle = theme.panel;
  context.fillRect(view.left, 0, view.plotWidth, height);
  for (const band of data.bands ?? []) {
    const x = overviewX(view, view.scale.position(band.from));
    const end = overviewX(view, view.scale.returnPosition(band.to));
    context.globalAlpha = 0.35;
    context.fillStyle = theme.read(band.colour ?? '--lanes-band');
    context.fillRect(x, 0, Math.max(end - x, 1), height);
  }
  context.globalAlpha = 0.75;
  context.fillStyle = theme.dim;
  for (let at = 0; at < columns.total.length; at += 1) {
    const share = Math.sqrt(columns.total[at] / columns.most);
    const size = columns.total[at] === 0 ? 0 : Math.max(1, share * (height - 6));
    context.fillRect(view.left + at, height - size, 1, size);
  }
  context.globalAlpha = 1;
  const tick = (at, colour, width) => {
    if (layout.row[at] < 0) return;
    context.fillStyle = colour;
    context.fillRect(overviewX(view, layout.start[at]) - width / 2, 0, width, height);
  };
  if (ui.found !== undefined && ui.found.length < 3000) for (const at of ui.found) tick(at, theme.found, 1.5);
  for (const at of ui.errors) tick(at, theme.error, 2.5);
  paintWindow(context, ui, height);
}

function paintWindow(context, ui, height) {
  const { theme, view } = ui;
  const left = Math.max(view.left, overviewX(view, view.from));
  const right = Math.min(view.left + view.plotWidth, Math.max(overviewX(view, view.to), left + 3));
  context.fillStyle = theme.back;
  context.globalAlpha = 0.6;
  context.fillRect(view.left, 0, left - view.left, height);
  context.fillRect(right, 0, view.left + view.plotWidth - right, height);
  context.globalAlpha = 1;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  context.strokeRect(left + 0.75, 0.75, Math.max(right - left - 1.5, 1), height - 1.5);
}
