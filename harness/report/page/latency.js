// Latency of every operation, with quantiles over them.
const latencyFloorMs = 0.1;
const latencyLevels = [0.1, 1, 10, 100, 1000, 10_000, 100_000];

function latencySection() {
  const { operations, names } = report.data;
  const top = Math.max(10, report.longestMs * 1.1);
  const height = 190;
  const draw = (context, width, _height, chart) => {
    const colours = names.type.map((type) => colour(type));
    context.save();
    clipToPlot(context, width, height);
    const places = visible();
    const small = places.length > 4000 ? 1.6 : 2.6;
    const isTaken = new Uint8Array(Math.ceil(width) * height);
    for (const at of places) {
      if (operations.end[at] < 0 || !matches(at)) continue;
      const isOk = names.type[operations.type[at]] === 'ok';
      const x = report.view.x(operations.start[at], width);
      const y = chart.valToPos(Math.max(operations.end[at] - operations.start[at], latencyFloorMs), 'y');
      // A pixel is drawn once: of 200,000 points most lie upon others.
      const pixel = Math.floor(y) * Math.ceil(width) + Math.floor(x);
      if (isOk && isTaken[pixel] === 1) continue;
      isTaken[pixel] = 1;
      const size = isOk ? small : 3.4;
      context.fillStyle = colours[operations.type[at]];
      context.fillRect(x - size / 2, y - size / 2, size, size);
    }
    context.restore();
  };
  const line = (dash, width) => ({
    stroke: () => colour('text'),
    width,
    dash,
    spanGaps: false,
    points: { show: false },
  });
  const plot = timePlot({
    height,
    label:
      'Latency of operations over time, logarithmic: every operation, median, 99th percentile and maximum',
    drawUnder: draw,
    lines: [line([], 1.6), line([6, 3], 1.2), line([2, 3], 1)],
    values: latencyQuantiles,
    scale: { distr: 3, range: () => [latencyFloorMs, top] },
    axis: {
      splits: () => latencyLevels.filter((ms) => ms <= top),
      values: (_chart, splits) => splits.map(latencyText),
    },
    tip: (x, _y, width) => {
      const ms = report.view.time(x, width);
      const [at, median, p99, most] = latencyQuantiles();
      const place = at.findIndex(
        (bin, one) =>
          Math.abs(bin - ms) <= (report.view.to - report.view.from) / at.length / 2 && median[one] !== null,
      );
      const told =
        place < 0
          ? []
          : [
              `median ${latencyText(median[place])}, 99 % ${latencyText(p99[place])}, most ${latencyText(most[place])}`,
            ];
      return [`${seconds(ms)} s`, ...told, ...faultsAt(ms)].join('\n');
    },
  });
  return element(
    'section',
    { id: 'latency' },
    element('h2', {}, 'Latency'),
    faultLegend(
      swatch('var(--ok)', 'ok'),
      swatch('var(--info)', 'info, larger'),
      swatch('var(--fail)', 'fail, larger'),
      element('span', {}, 'median ——'),
      element('span', {}, '99 % – – –'),
      element('span', {}, 'maximum · · ·'),
    ),
    plot,
  );
}

const latencyBinsMax = 160;
/** A quantile of fewer says nothing. */
const latencyPerBin = 20;
let knownQuantiles = { key: '', values: [] };

/** Of the visible operations that were answered and that the filters let through: [moments, medians, 99 %, maxima]. */
function latencyQuantiles() {
  const { from, to } = report.view;
  const key = `${from} ${to} ${JSON.stringify(filters)}`;
  if (knownQuantiles.key === key) return knownQuantiles.values;
  const { operations } = report.data;
  const places = visible();
  const count = Math.max(1, Math.min(latencyBinsMax, Math.floor(places.length / latencyPerBin)));
  const step = (to - from) / count;
  const bins = Array.from({ length: count }, () => []);
  for (const at of places) {
    const bin = bins[Math.floor((operations.start[at] - from) / step)];
    if (bin === undefined || operations.end[at] < 0 || !matches(at)) continue;
    bin.push(Math.max(latencyFloorMs, operations.end[at] - operations.start[at]));
  }
  const values = [[], [], [], []];
  for (const [place, bin] of bins.entries()) {
    const sorted = Float64Array.from(bin).sort();
    const quantile = (share) =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
    values[0].push(from + (place + 0.5) * step);
    for (const [one, share] of [0.5, 0.99, 1].entries()) values[one + 1].push(quantile(share));
  }
  knownQuantiles = { key, values };
  return values;
}

function latencyText(ms) {
  if (ms >= 1000) return `${Number((ms / 1000).toFixed(1))} s`;
  return ms < 10 ? `${Number(ms.toFixed(1))} ms` : `${Math.round(ms)} ms`;
}
