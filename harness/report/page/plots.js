// Latency of every operation, and rates per second.
function latencySection() {
  const { operations, names } = report.data;
  const floor = 0.1;
  const top = Math.max(10, ...sampleOf(operations.start.map((start, at) => operations.end[at] - start)));
  const height = 220;
  const y = (ms) => {
    const share = Math.log(Math.max(ms, floor) / floor) / Math.log(top / floor);
    return height - 20 - share * (height - 30);
  };
  const draw = (context, width) => {
    const { view } = report;
    const colours = names.type.map((type) => colour(type));
    context.textAlign = 'right';
    context.fillStyle = colour('dim');
    for (let ms = floor; ms <= top; ms *= 10) {
      context.fillText(`${ms < 1 ? ms.toFixed(1) : ms.toFixed(0)} ms`, margin.left - 6, y(ms) + 4);
      context.globalAlpha = 0.3;
      context.fillRect(margin.left, y(ms), width - margin.left - margin.right, 1);
      context.globalAlpha = 1;
    }
    for (let at = 0; at < operations.start.length; at += 1) {
      const start = operations.start[at];
      if (start < view.from || start > view.to || operations.end[at] < 0 || !matches(at)) continue;
      context.fillStyle = colours[operations.type[at]];
      const size = names.type[operations.type[at]] === 'ok' ? 1.6 : 3;
      context.fillRect(view.x(start, width), y(operations.end[at] - start), size, size);
    }
  };
  return element(
    'section',
    {},
    element('h2', {}, 'Latency'),
    plot(height, 'Latency of operations over time, logarithmic', draw),
  );
}

/** Math.max takes only so many arguments. */
function sampleOf(values) {
  const step = Math.ceil(values.length / 50000);
  return step <= 1 ? values : [values.reduce((most, value) => Math.max(most, value), 0)];
}

function rateSection() {
  const { rates } = report.data;
  const shown = Object.keys(rates)
    .filter((name) => !name.startsWith('replica'))
    .sort();
  const top = Math.max(10, ...shown.flatMap((name) => rates[name]));
  const height = 200;
  const palette = isDark()
    ? ['#58a6ff', '#f778ba', '#7ee787', '#ffa657', '#d2a8ff', '#ff7b72', '#a5d6ff', '#e3b341', '#56d364']
    : ['#0550ae', '#bf3989', '#116329', '#bc4c00', '#6639ba', '#a40e26', '#0a7ea4', '#7d4e00', '#2da44e'];
  const dashes = { ok: [], info: [6, 3], fail: [2, 2] };
  const y = (count) => height - 20 - (count / top) * (height - 30);
  const draw = (context, width) => {
    context.textAlign = 'right';
    context.fillStyle = colour('dim');
    for (const share of [0, 0.5, 1])
      context.fillText(`${Math.round(top * share)}/s`, margin.left - 6, y(top * share) + 4);
    for (const [at, name] of shown.entries()) {
      context.strokeStyle = palette[at % palette.length];
      context.setLineDash(dashes[name.split(' ')[1]] ?? []);
      context.lineWidth = 1.6;
      context.beginPath();
      for (const [second, count] of rates[name].entries()) {
        const x = report.view.x(second * 1000 + 500, width);
        if (x >= margin.left && x <= width - margin.right) context.lineTo(x, y(count));
      }
      context.stroke();
    }
    context.setLineDash([]);
  };
  const legendBox = element('div', { className: 'legend' });
  for (const [at, name] of shown.entries()) {
    legendBox.append(
      element(
        'span',
        {},
        element('span', { className: 'swatch', style: `background:${palette[at % palette.length]}` }),
        name,
      ),
    );
  }
  const tip = (x, _y, width) => {
    const second = Math.floor(report.view.time(x, width) / 1000);
    const lines = shown
      .filter((name) => rates[name][second] > 0)
      .map((name) => `${name}: ${rates[name][second]}`);
    return lines.length === 0
      ? undefined
      : [`second ${second}`, ...lines, ...faultAt(second * 1000)].join('\n');
  };
  return element(
    'section',
    {},
    element('h2', {}, 'Operations per second'),
    legendBox,
    plot(height, 'Operations per second by kind and outcome', draw, tip),
  );
}
