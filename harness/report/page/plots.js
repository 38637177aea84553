// Latency of every operation, and rates.
function latencySection() {
  const { operations, names } = report.data;
  const floor = 0.1;
  const top = Math.max(10, report.longestMs);
  const height = 220;
  const y = (ms) => {
    const share = Math.log(Math.max(ms, floor) / floor) / Math.log(top / floor);
    return height - axisHeight - 4 - share * (height - axisHeight - 16);
  };
  const draw = (context, width) => {
    const colours = names.type.map((type) => colour(type));
    drawLevels(context, width, y, floor, top);
    context.save();
    clipToPlot(context, width, height);
    for (const at of visible()) {
      if (operations.end[at] < 0 || !matches(at)) continue;
      context.fillStyle = colours[operations.type[at]];
      const size = names.type[operations.type[at]] === 'ok' ? 1.6 : 3;
      context.fillRect(
        report.view.x(operations.start[at], width),
        y(operations.end[at] - operations.start[at]) - size / 2,
        size,
        size,
      );
    }
    context.restore();
  };
  return element(
    'section',
    { id: 'latency' },
    element('h2', {}, 'Latency'),
    plot(height, 'Latency of operations over time, logarithmic', draw, {
      tip: (x, _y, width) => faultsAt(report.view.time(x, width)).join('\n'),
    }),
  );
}

/** A line for each power of ten. */
function drawLevels(context, width, y, floor, top) {
  context.textAlign = 'right';
  context.fillStyle = colour('dim');
  for (let ms = floor; ms <= top; ms *= 10) {
    const label = ms >= 1000 ? `${Math.round(ms / 1000)} s` : `${ms < 1 ? ms.toFixed(1) : Math.round(ms)} ms`;
    context.fillText(label, margin.left - 6, y(ms) + 4);
    context.globalAlpha = 0.25;
    context.fillRect(margin.left, y(ms), width - margin.left - margin.right, 1);
    context.globalAlpha = 1;
  }
}

const rateDashes = { send: [], pull: [5, 3], 'max-offset': [2, 3], 'min-offset': [2, 3] };

function rateSection() {
  const { rates } = report.data;
  const shown = Object.keys(rates)
    .filter((name) => rateDashes[name.split(' ')[0]] !== undefined)
    .sort();
  const height = 200;
  const draw = (context, width) => {
    const bin = binFor((report.view.to - report.view.from) / 120);
    const lines = shown.map((name) => ({ name, points: perSecond(rates[name], bin) }));
    const top = Math.max(10, ...lines.flatMap(({ points }) => points.map(({ rate }) => rate)));
    const y = (rate) => height - axisHeight - 4 - (rate / top) * (height - axisHeight - 16);
    context.textAlign = 'right';
    context.fillStyle = colour('dim');
    for (const share of [0, 0.5, 1])
      context.fillText(`${count(Math.round(top * share))}/s`, margin.left - 6, y(top * share) + 4);
    context.save();
    clipToPlot(context, width, height);
    for (const { name, points } of lines) {
      const [f, type] = name.split(' ');
      context.strokeStyle = colour(type);
      context.setLineDash(rateDashes[f]);
      context.lineWidth = f === 'send' ? 2 : 1.4;
      context.beginPath();
      for (const { at, rate } of points) context.lineTo(report.view.x(at, width), y(rate));
      context.stroke();
    }
    context.restore();
  };
  const tip = (x, _y, width) => {
    const bin = binFor((report.view.to - report.view.from) / 120);
    const ms = report.view.time(x, width);
    const lines = shown.flatMap((name) => {
      const point = perSecond(rates[name], bin).find(({ at }) => Math.abs(at - ms) <= bin / 2);
      return point === undefined || point.rate === 0 ? [] : [`${name}: ${count(Math.round(point.rate))}/s`];
    });
    return [`${seconds(ms)} s`, ...lines, ...faultsAt(ms)].join('\n');
  };
  return element(
    'section',
    { id: 'rates' },
    element('h2', {}, 'Operations per second'),
    element(
      'div',
      { className: 'legend' },
      swatch('var(--ok)', 'ok'),
      swatch('var(--info)', 'info'),
      swatch('var(--fail)', 'fail'),
      element('span', {}, 'send ——'),
      element('span', {}, 'pull – – –'),
      element('span', {}, 'max-offset · · ·'),
    ),
    plot(height, 'Operations per second by kind and outcome', draw, { tip }),
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
function perSecond(counts, bin) {
  const { rateBinMs } = report.data;
  const { from, to, all } = report.view;
  const points = [];
  for (
    let start = Math.max(0, Math.floor(from / bin) - 1) * bin;
    start < Math.min(to + bin, all[1]);
    start += bin
  ) {
    let sum = 0;
    for (let at = Math.round(start / rateBinMs); at < Math.round((start + bin) / rateBinMs); at += 1)
      sum += counts[at] ?? 0;
    points.push({ at: start + bin / 2, rate: (sum * 1000) / bin });
  }
  return points;
}
