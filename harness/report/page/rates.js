// Operations per second, by kind and outcome.
const rateDashes = { send: [], pull: [5, 3], 'max-offset': [2, 3], 'min-offset': [2, 3] };

function rateSection() {
  const { rates } = report.data;
  const shown = Object.keys(rates)
    .filter((name) => rateDashes[name.split(' ')[0]] !== undefined)
    .sort();
  if (shown.length === 0) return undefined;
  const bin = () => binFor((report.view.to - report.view.from) / 120);
  const plot = timePlot({
    height: 170,
    label: 'Operations per second by kind and outcome',
    lines: shown.map((name) => {
      const [f, type] = name.split(' ');
      return {
        stroke: () => colour(type),
        dash: rateDashes[f],
        width: f === 'send' ? 2 : 1.4,
        points: { show: false },
      };
    }),
    values: () => [binMiddles(bin()), ...shown.map((name) => perSecond(rates[name], bin()))],
    scale: { range: (_chart, _min, max) => [0, Math.max(10, (max ?? 0) * 1.05)] },
    axis: { values: (_chart, splits) => splits.map((rate) => `${count(Math.round(rate))}/s`) },
    tip: (x, _y, width) => {
      const ms = report.view.time(x, width);
      const place = binMiddles(bin()).findIndex((at) => Math.abs(at - ms) <= bin() / 2);
      const lines = shown.flatMap((name) => {
        const rate = place < 0 ? 0 : perSecond(rates[name], bin())[place];
        return rate === 0 ? [] : [`${name}: ${count(Math.round(rate))}/s`];
      });
      return [`${seconds(ms)} s`, ...lines, ...faultsAt(ms)].join('\n');
    },
  });
  return element(
    'section',
    { id: 'rates' },
    element('h2', {}, 'Operations per second'),
    faultLegend(
      swatch('var(--ok)', 'ok'),
      swatch('var(--info)', 'info'),
      swatch('var(--fail)', 'fail'),
      element('span', {}, 'send ——'),
      element('span', {}, 'pull – – –'),
      element('span', {}, 'max-offset · · ·'),
    ),
    plot,
  );
}

/** A whole number of the data's own bins, of a length that people read easily. */
function binFor(wantedMs) {
  const { rateBinMs } = report.data;
  return (
    [1, 2, 5, 10, 20, 50, 100, 600].map((factor) => factor * rateBinMs).find((ms) => ms >= wantedMs) ??
    600 * rateBinMs
  );
}

/** Of the visible bins, and one on each side, so that lines reach the edges. */
function binStarts(bin) {
  const { from, to, all } = report.view;
  const starts = [];
  for (
    let start = Math.max(0, Math.floor(from / bin) - 1) * bin;
    start < Math.min(to + bin, all[1]);
    start += bin
  )
    starts.push(start);
  return starts;
}

function binMiddles(bin) {
  return binStarts(bin).map((start) => start + bin / 2);
}

function perSecond(counts, bin) {
  const { rateBinMs } = report.data;
  return binStarts(bin).map((start) => {
    let sum = 0;
    for (let at = Math.round(start / rateBinMs); at < Math.round((start + bin) / rateBinMs); at += 1)
      sum += counts[at] ?? 0;
    return (sum * 1000) / bin;
  });
}
