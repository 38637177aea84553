// uPlot with what all plots here have: colours of the scheme, bands of faults, a hint at the pointer, keys, a width that follows the page.
/* global uPlot */
import { colour, element, isDark } from './dom.js';

/**
 * `place`: the element of plotRoom. `lines`: [{ name, colour, dash, unit, points, hollow }], `colour` a name of the style sheet.
 * `x`: { time } or { text(value) }; `y`: { text(value), log }; `bands()`: [{ from, to, colour: [light, dark], strong, lane }];
 * `hint(at, data)`: text; `open(at, line)`: what a click or Enter does.
 */
export function makePlot(place, { lines, x, y, bands = () => [], hint, open, legend = [] }) {
  const room = place.querySelector('.room');
  const height = room.clientHeight;
  const tip = element('div', { className: 'hint', hidden: true });
  showLegend(place.querySelector('.legend'), lines, legend);
  const options = {
    width: Math.max(200, room.clientWidth),
    height,
    legend: { show: false },
    padding: [8, 26, 0, 0],
    cursor: { y: false, drag: { x: true, y: false }, points: { size: 7 } },
    scales: {
      x: { time: x.time === true, range: x.range },
      y: y.log ? { distr: 3, range: logRange } : { range: (_u, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [xAxis(x), yAxis(y)],
    series: [{}, ...lines.map(seriesOf)],
    hooks: { drawClear: [(u) => drawBands(u, bands())], setCursor: [(u) => showHint(u)] },
  };
  let data = [[], ...lines.map(() => [])];
  const plot = new uPlot(options, data, room);
  room.append(tip);
  function showHint(u) {
    const { idx, left } = u.cursor;
    const text = idx === null || idx === undefined || left < 0 ? '' : hint(idx, data);
    tip.hidden = text === '';
    if (tip.hidden) return;
    tip.textContent = text;
    const over = u.over;
    const beside = over.offsetLeft + left + 14;
    tip.style.left = `${Math.max(0, beside + tip.offsetWidth > room.clientWidth ? beside - tip.offsetWidth - 28 : beside)}px`;
    tip.style.top = '10px';
  }
  const click = (line) => {
    const { idx } = plot.cursor;
    if (open !== undefined && idx !== null && idx !== undefined) open(idx, line);
  };
  let pressedX = 0;
  plot.over.addEventListener('mousedown', (event) => {
    pressedX = event.clientX;
  });
  // A drag is a zoom, not a click.
  plot.over.addEventListener('click', (event) => {
    if (Math.abs(event.clientX - pressedX) < 4) click(nearestLine(plot, event.offsetY));
  });
  if (open !== undefined) plot.over.style.cursor = 'pointer';
  room.addEventListener('keydown', (event) => {
    const last = data[0].length - 1;
    const { idx } = plot.cursor;
    const next = { ArrowRight: (idx ?? -1) + 1, ArrowLeft: (idx ?? last + 1) - 1, Home: 0, End: last }[
      event.key
    ];
    if (next !== undefined) {
      const at = Math.max(0, Math.min(last, next));
      plot.setCursor({ left: plot.valToPos(data[0][at], 'x'), top: height / 2 });
    } else if (event.key === 'Enter') click(undefined);
    else if (event.key === 'Escape') plot.setCursor({ left: -10, top: -10 });
    else return;
    event.preventDefault();
  });
  room.addEventListener('blur', () => plot.setCursor({ left: -10, top: -10 }));
  new ResizeObserver(() => {
    if (room.clientWidth > 0) plot.setSize({ width: room.clientWidth, height });
  }).observe(room);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    plot.redraw(false, true);
  });
  return {
    plot,
    set(next) {
      data = next;
      plot.setData(next);
    },
  };
}

function seriesOf({ name, colour: of, dash, points, width, gaps }) {
  return {
    label: name,
    stroke: () => colour(of),
    width: width ?? 1.6,
    dash,
    spanGaps: gaps !== true,
    points:
      points === true
        ? { show: true, size: 7, fill: () => colour(of), stroke: () => colour('back') }
        : { show: false },
  };
}

function xAxis({ text, incrs, splits, space }) {
  return axis({
    size: 30,
    ...(text === undefined ? {} : { values: (_u, ticks) => ticks.map((tick) => text(tick)) }),
    ...(incrs === undefined ? {} : { incrs }),
    ...(splits === undefined ? {} : { splits }),
    ...(space === undefined ? {} : { space }),
  });
}

/** Of a logarithmic scale the powers of ten alone. */
function yAxis({ text, log }) {
  const decades = (_u, ticks) => ticks.map((tick) => (isDecade(tick) ? tick : null));
  const made = axis({
    size: 66,
    values: (_u, ticks) => ticks.map((tick) => (tick === null ? '' : text(tick))),
    ...(log ? { filter: decades } : {}),
  });
  if (log) for (const part of [made.grid, made.ticks]) part.filter = decades;
  return made;
}

function axis(more) {
  return {
    stroke: () => colour('dim'),
    grid: { stroke: () => `${colour('line')}`, width: 0.5 },
    ticks: { stroke: () => colour('line'), width: 0.5, size: 4 },
    font: '11px system-ui, sans-serif',
    ...more,
  };
}

function logRange(_u, min, max) {
  if (!(max > 0)) return [0.1, 1000];
  return [10 ** Math.floor(Math.log10(Math.max(min, 0.001))), 10 ** Math.ceil(Math.log10(max * 1.01))];
}

const isDecade = (value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6;

/** `lane`: [which, of how many]: runs that are compared have the bands of each in a strip of its own. */
function drawBands(u, bands) {
  const { left, top, width, height } = u.bbox;
  const { ctx } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const {
    from,
    to,
    colour: [light, dark],
    strong,
    lane,
  } of bands) {
    const begin = u.valToPos(from, 'x', true);
    const end = to === null ? left + width : u.valToPos(to, 'x', true);
    ctx.globalAlpha = (strong ? 0.42 : 0.18) * (lane === undefined ? 1 : 0.9);
    ctx.fillStyle = isDark() ? dark : light;
    const [at, of] = lane ?? [0, 1];
    ctx.fillRect(begin, top + (height * at) / of, Math.max(1, end - begin), height / of);
  }
  ctx.restore();
}

/** By the height of the pointer: place of the line whose point stands nearest. */
function nearestLine(u, y) {
  const { idx } = u.cursor;
  let best;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 1; at < u.data.length; at += 1) {
    const value = u.data[at][idx];
    if (value === null || value === undefined) continue;
    const distance = Math.abs(u.valToPos(value, 'y') - y);
    if (distance < least) [best, least] = [at - 1, distance];
  }
  return best;
}

function showLegend(place, lines, legend) {
  const dashed = (dash) => (dash === undefined ? '' : 'dashed');
  place.replaceChildren(
    ...lines.map(({ name, colour: of, dash }) => entry(name, `var(--${of})`, dashed(dash))),
    ...legend.map(({ name, colour: [light, dark] }) => entry(name, isDark() ? dark : light, 'band')),
  );
}

function entry(name, colourText, className) {
  const mark = element('i', { className });
  mark.style.color = colourText;
  return element('span', {}, mark, name);
}

export function relegend(place, lines, legend) {
  showLegend(place.querySelector('.legend'), lines, legend);
}
