// Bands of faults behind every axis of time: a colour and a hatching for each nemesis, its name at the upper edge, dashed edges where no probe proved it.
const hatchings = ['rising', 'falling', 'crossed', 'upright', 'level', 'dots', 'grid'];
const bandLabel = 12;
const bandRowsMax = 3;

/** Faults that overlap have their names one below the other. */
function prepareFaults() {
  const ends = [];
  for (const fault of report.data.faults) {
    let row = ends.findIndex((end) => end <= fault.from);
    if (row < 0) row = ends.length;
    ends[row] = fault.to;
    fault.row = Math.min(row, bandRowsMax - 1);
  }
  report.nemeses = [...new Set(report.data.faults.map((fault) => fault.nemesis))];
  nameFaultColours();
  onScheme(nameFaultColours);
  report.bandTop = Math.min(ends.length, bandRowsMax) * bandLabel + 3;
}

/** For what takes its colours from style sheets. */
function nameFaultColours() {
  for (const [place, nemesis] of report.nemeses.entries())
    document.documentElement.style.setProperty(`--fault-${place}`, faultColour(nemesis));
}

function hatching(nemesis) {
  return hatchings[report.nemeses.indexOf(nemesis) % hatchings.length];
}

/** Eight by eight pixels that can stand side by side. */
function hatchTile(nemesis, ratio, ground = 0.3) {
  const tile = element('canvas', { width: 8 * ratio, height: 8 * ratio });
  const context = tile.getContext('2d');
  context.scale(ratio, ratio);
  context.strokeStyle = faultColour(nemesis);
  context.fillStyle = faultColour(nemesis);
  context.globalAlpha = ground;
  context.fillRect(0, 0, 8, 8);
  context.globalAlpha = 1;
  context.lineWidth = 1.2;
  const line = (...points) => {
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.stroke();
  };
  const rising = () => {
    line([-1, 9], [9, -1]);
    line([-1, 1], [1, -1]);
    line([7, 9], [9, 7]);
  };
  const falling = () => {
    line([-1, -1], [9, 9]);
    line([7, -1], [9, 1]);
    line([-1, 7], [1, 9]);
  };
  const upright = () => line([4, 0], [4, 8]);
  const level = () => line([0, 4], [8, 4]);
  const draw = {
    rising: [rising],
    falling: [falling],
    crossed: [rising, falling],
    upright: [upright],
    level: [level],
    dots: [() => context.fillRect(3, 3, 2, 2)],
    grid: [upright, level],
  };
  for (const stroke of draw[hatching(nemesis)]) stroke();
  return tile;
}

/** `x` gives the place of a moment; the names stand in the `bandTop` pixels above `top`. */
function drawFaults(context, { x, left, right, top, bottom, isOverlay = false }) {
  const ratio = devicePixelRatio || 1;
  for (const fault of report.data.faults) {
    const from = Math.max(x(fault.from), left);
    const to = Math.min(x(fault.to), right);
    if (to < from || x(fault.from) > right || x(fault.to) < left) continue;
    const pattern = context.createPattern(
      hatchTile(fault.nemesis, ratio, isOverlay ? 0 : undefined),
      'repeat',
    );
    pattern.setTransform(new DOMMatrix().scale(1 / ratio));
    context.globalAlpha = fault.bit ? 0.55 : 0.2;
    context.fillStyle = pattern;
    context.fillRect(from, top, Math.max(to - from, 1), bottom - top);
    context.globalAlpha = 1;
    drawFaultEdges(context, fault, { x, left, right, top, bottom });
    if (isOverlay) continue;
    const y = top - report.bandTop + fault.row * bandLabel;
    context.fillStyle = faultColour(fault.nemesis);
    context.fillRect(from, y + bandLabel - 2, Math.max(to - from, 2), 2);
    context.fillStyle = colour('text');
    context.textAlign = 'left';
    context.font = '10px system-ui, sans-serif';
    drawFaultName(context, fault.name, from + 2, y + 8, to - from - 3);
    context.font = plotFont;
  }
}

/** 'partition-12', where that has no room 'p12' or '12': never a name cut short, which might be another's. */
function drawFaultName(context, name, x, y, width) {
  const [, word, number] = /^(.+)-(\d+)$/.exec(name) ?? [];
  const names = number === undefined ? [name] : [name, `${word[0]}${number}`, number];
  const shown = names.find((one) => context.measureText(one).width <= width);
  if (shown !== undefined) context.fillText(shown, x, y);
}

function drawFaultEdges(context, fault, { x, left, right, top, bottom }) {
  context.save();
  context.strokeStyle = colour('fault-edge');
  context.lineWidth = 1;
  context.setLineDash(fault.bit ? [] : [3, 3]);
  for (const at of [x(fault.from), x(fault.to)]) {
    if (at < left || at > right) continue;
    context.beginPath();
    context.moveTo(Math.round(at) + 0.5, top);
    context.lineTo(Math.round(at) + 0.5, bottom);
    context.stroke();
  }
  context.restore();
}

function faultsAt(ms) {
  return report.data.faults.filter((fault) => ms >= fault.from && ms <= fault.to).map(faultText);
}

function faultText(fault) {
  const unproven = fault.failure === null ? '' : `: ${fault.failure}`;
  return `${fault.name} ${fault.variant} on ${fault.targets.join(', ')}${unproven}`;
}

/** The same under every plot. */
function faultLegend(...more) {
  return element(
    'div',
    { className: 'legend' },
    more,
    report.nemeses.map((nemesis) => element('span', {}, faultSwatch(nemesis), `fault: ${nemesis}`)),
  );
}

function faultSwatch(nemesis) {
  const box = element('span', { className: 'swatch fault' });
  const paint = () => {
    const ratio = devicePixelRatio || 1;
    box.style.backgroundImage = `url(${hatchTile(nemesis, ratio).toDataURL()})`;
    box.style.backgroundSize = '8px 8px';
  };
  paint();
  onScheme(paint);
  return box;
}
