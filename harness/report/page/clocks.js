// How far the wall clock of each node was from the truth: a lane for each, all of one scale, fine near the truth and coarse far from it.
const clockLane = 56;

function clocksSection() {
  const { clocks } = report.data;
  const farthest = Math.max(0, ...clocks.flatMap(({ offset }) => offset.map(Math.abs)));
  if (clocks.length === 0) return undefined;
  const top = Math.log10(1 + Math.max(farthest, 100));
  const height = clocks.length * clockLane;
  const y = (row, ms) => {
    const share = (Math.sign(ms) * Math.log10(1 + Math.abs(ms))) / top;
    return (row + 0.5) * clockLane - share * (clockLane / 2 - 9);
  };
  const draw = (context, width) => {
    for (const [row, { node }] of clocks.entries()) {
      laneLabel(context, node, y(row, 0) + 4);
      context.fillStyle = colour('dim');
      context.textAlign = 'right';
      for (const sign of [1, -1])
        context.fillText(offsetText(sign * farthest), margin.left - 6, y(row, 0) - sign * 13 + 4);
      context.fillStyle = colour('line');
      context.fillRect(margin.left, y(row, 0), width - margin.left - margin.right, 1);
    }
    context.save();
    clipToPlot(context, width, height);
    for (const [row, clock] of clocks.entries()) drawClock(context, width, clock, (ms) => y(row, ms));
    context.restore();
  };
  const tip = (x, at, width) => {
    const ms = report.view.time(x, width);
    const clock = clocks[Math.floor(at / clockLane)];
    const offset = clock === undefined ? undefined : offsetAt(clock, ms);
    const line = offset === undefined ? [] : [`${clock.node}: ${offsetText(offset)} at ${seconds(ms)} s`];
    return [...line, ...faultsAt(ms)].join('\n');
  };
  return element(
    'section',
    { id: 'clocks' },
    element('h2', {}, 'Clocks: wall clock minus truth'),
    faultLegend(),
    timePlot({
      height,
      label: 'Offset of the wall clock of each node over time, logarithmic to both sides',
      rows: clocks.length,
      draw,
      tip,
    }),
  );
}

function drawClock(context, width, { at, offset }, y) {
  context.strokeStyle = colour('accent');
  context.lineWidth = 1.5;
  context.beginPath();
  // Before it was first set it was right.
  let isDown = !(at[0] > 0);
  if (!isDown) context.moveTo(report.view.x(0, width), y(offset[0]));
  for (const [place, ms] of offset.entries()) {
    if (ms === null) {
      isDown = true;
      continue;
    }
    const x = report.view.x(at[place], width);
    if (isDown) context.moveTo(x, y(ms));
    else context.lineTo(x, y(ms));
    isDown = false;
  }
  // A clock that nobody sets any more goes on as it is.
  if (!isDown) context.lineTo(report.view.x(report.view.all[1], width), y(offset.at(-1)));
  context.stroke();
}

/** The last that was told before. */
function offsetAt({ at, offset }, ms) {
  const place = lowerBound(at, ms + 0.001) - 1;
  return offset[place] ?? undefined;
}

function offsetText(ms) {
  const sign = ms > 0 ? '+' : ms < 0 ? '\u2212' : '';
  const size = Math.abs(ms);
  if (size >= 10_000) return `${sign}${Math.round(size / 1000)} s`;
  return size >= 1000 ? `${sign}${(size / 1000).toFixed(1)} s` : `${sign}${Math.round(size)} ms`;
}
