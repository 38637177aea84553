// The frame of every plot over time: uPlot gives axes, cursor and zoom, the same for all; what it has no lines for is drawn into it.
const axisHeight = 26;
const plotFont = '11px system-ui, sans-serif';
const plotHelp =
  'Arrow keys move, plus and minus zoom, Home shows the whole run; comma and full stop move the cursor, up and down choose the lane, Enter opens what is there.';

/**
 * `height` of the plot itself, without names of faults and axis. `draw(context, width, height, chart)` (`drawUnder`: below lines), `tip(x, y, width)`
 * and `click` in CSS pixels, x over the whole width, y within the plot. `lines`: series of uPlot, with `values()` for their data, x first, and `scale` and `axis` for them.
 * `isWhole`: of the whole run, whatever is visible.
 */
function timePlot({
  height,
  label,
  draw,
  drawUnder,
  tip,
  click,
  lines = [],
  values,
  scale,
  axis,
  rows = 1,
  isWhole = false,
}) {
  const { view } = report;
  const top = report.bandTop;
  const fullHeight = top + height + axisHeight;
  const box = element('div', { className: 'plot', tabIndex: 0 });
  box.style.height = `${fullHeight}px`;
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', `${label}. ${plotHelp}`);
  const range = () => (isWhole ? view.all : [view.from, view.to]);
  const inCssPixels = (work) => (chart) => {
    const { ctx: context } = chart;
    context.save();
    context.scale(uPlot.pxRatio, uPlot.pxRatio);
    context.font = plotFont;
    context.textBaseline = 'alphabetic';
    work(context, chart.width, chart);
    context.restore();
  };
  const bands = inCssPixels((context, width, own) => {
    const [from, to] = range();
    const inner = width - margin.left - margin.right;
    const x = (ms) => margin.left + ((ms - from) / (to - from)) * inner;
    drawFaults(context, { x, left: margin.left, right: width - margin.right, top, bottom: top + height });
    context.translate(0, top);
    drawUnder?.(context, width, height, own);
  });
  const contents = inCssPixels((context, width) => {
    context.translate(0, top);
    draw?.(context, width, height);
    if (!isWhole) drawSelection(context, width, height);
  });
  const chart = new uPlot(
    {
      width: 1000,
      height: fullHeight,
      padding: [top, margin.right, 0, axis === undefined ? margin.left : 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        // The cursor alone is shared: what is dragged over one plot is its own.
        sync: isWhole ? {} : { key: 'run', filters: { pub: (type) => type === 'mousemove' } },
        drag: { x: !isWhole, y: false, setScale: false },
        bind: { dblclick: () => () => view.move(...view.all) },
      },
      scales: {
        x: { time: false, range: () => range() },
        y: scale ?? { auto: false, range: [0, 1] },
      },
      axes: [timeAxis, axis === undefined ? { show: false } : valueAxis(axis)],
      series: [{}, ...(lines.length > 0 ? lines : [{ show: false }])],
      hooks: {
        drawClear: [bands],
        draw: [contents],
        setSelect: [
          ({ select }) => {
            if (select.width < 4) return;
            const width = chart.width;
            const left = margin.left + select.left;
            const [from, to] = [view.time(left, width), view.time(left + select.width, width)];
            chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            view.move(from, to);
          },
        ],
      },
    },
    values?.() ?? [view.all, [null, null]],
    box,
  );
  const redraw = oncePerFrame(() => {
    const [min, max] = range();
    chart.batch(() => {
      if (values !== undefined) chart.setData(values(), false);
      chart.setScale('x', { min, max });
      chart.redraw(false);
    });
  });
  view.listeners.push(redraw);
  onScheme(() => chart.redraw(false, true));
  followWidth(box, chart, fullHeight);
  addKeys(box, chart, { tip, click, rows, height });
  addPointer(box, chart, { tip, click });
  return box;
}

const timeAxis = {
  size: axisHeight,
  font: plotFont,
  stroke: () => colour('dim'),
  grid: { show: false },
  ticks: { stroke: () => colour('dim'), width: 1, size: 4 },
  gap: 3,
  space: 70,
  values: (_chart, splits) => splits.map((ms) => `${Number((ms / 1000).toFixed(4))} s`),
};

function valueAxis(axis) {
  return {
    size: margin.left,
    font: plotFont,
    stroke: () => colour('dim'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { show: false },
    ...axis,
  };
}

/** The plot is as wide as its place, whose height never changes. */
function followWidth(box, chart, height) {
  const fit = () => {
    const width = box.clientWidth;
    if (width > 0 && width !== chart.width) chart.setSize({ width, height });
  };
  new ResizeObserver(fit).observe(box);
  addEventListener('beforeprint', () => chart.setSize({ width: printedWidth, height }));
  addEventListener('afterprint', fit);
}

/** Of a page of A4; what is as wide as the screen would be cut off. */
const printedWidth = 700;

/** The operation that was chosen, on every axis of time. */
function drawSelection(context, width, height) {
  const at = report.selected === undefined ? undefined : placeOf(report.selected);
  if (at === undefined) return;
  const x = report.view.x(report.data.operations.start[at], width);
  if (x < margin.left || x > width - margin.right) return;
  context.strokeStyle = colour('accent');
  context.lineWidth = 1;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, height);
  context.stroke();
  context.setLineDash([]);
}

/** Text on the left of a lane. */
function laneLabel(context, text, y) {
  context.textAlign = 'left';
  context.fillStyle = colour('dim');
  fitText(context, text, 8, y, margin.left - 12);
}

/** Nothing drawn in it is seen beside the plot. */
function clipToPlot(context, width, height) {
  context.beginPath();
  context.rect(margin.left, 0, width - margin.left - margin.right, height);
  context.clip();
}

/** Text cut to a width; nothing where not even three letters would stand. */
function fitText(context, text, x, y, width) {
  let shown = text;
  while (shown.length > 2 && context.measureText(shown).width > width) shown = shown.slice(0, -1);
  if (shown.length > 2 || shown === text) context.fillText(shown, x, y);
}
