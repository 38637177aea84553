// The whole run in one strip: what did not succeed, anomalies, and the stretch that the plots below show.
const overviewHeight = 34;

function overview() {
  const { view } = report;
  const trouble = troubleByBin();
  const inner = (width) => width - margin.left - margin.right;
  const whole = (ms, width) =>
    margin.left + ((ms - view.all[0]) / (view.all[1] - view.all[0])) * inner(width);
  const base = overviewHeight - 9;
  const draw = (context, width) => {
    laneLabel(context, 'whole run', 16);
    for (const type of ['fail', 'info']) {
      context.fillStyle = colour(type);
      const most = Math.max(1, ...trouble[type]);
      const step = inner(width) / trouble[type].length;
      for (const [at, number] of trouble[type].entries()) {
        const size = number === 0 ? 0 : 3 + (13 * number) / most;
        context.fillRect(margin.left + at * step, base - size, Math.max(1, step), size);
      }
    }
    context.fillStyle = colour('line');
    context.fillRect(margin.left, base, inner(width), 1);
    context.fillStyle = colour('invalid');
    for (const { at } of report.anomalies) if (at !== undefined) drawMarker(context, whole(at, width), base);
    const [from, to] = [whole(view.from, width), whole(view.to, width)];
    context.strokeStyle = colour('accent');
    context.lineWidth = 2;
    context.strokeRect(from, 1, Math.max(to - from, 3), overviewHeight - 2);
  };
  const box = timePlot({
    height: overviewHeight,
    label: 'The whole run: faults, operations that did not succeed, anomalies; the visible stretch is framed',
    draw,
    isWhole: true,
    tip: (x, _y, width) => {
      const ms = view.all[0] + ((x - margin.left) / inner(width)) * (view.all[1] - view.all[0]);
      return [`${seconds(ms)} s`, ...faultsAt(ms)].join('\n');
    },
  });
  const move = (event) => {
    const share = event.offsetX / over.clientWidth;
    const ms = view.all[0] + share * (view.all[1] - view.all[0]);
    const half = (view.to - view.from) / 2;
    view.move(ms - half, ms + half);
  };
  const over = box.querySelector('.u-over');
  over.addEventListener('pointerdown', (event) => {
    over.setPointerCapture(event.pointerId);
    move(event);
  });
  over.addEventListener('pointermove', (event) => {
    if (event.buttons === 1) move(event);
  });
  return box;
}

/** Where an anomaly is. */
function drawMarker(context, x, y) {
  context.beginPath();
  context.moveTo(x - 4, y + 7);
  context.lineTo(x + 4, y + 7);
  context.lineTo(x, y);
  context.fill();
}

/** How many operations failed, or were lost sight of, by stretch of the run. */
function troubleByBin() {
  const { operations, names } = report.data;
  const [from, to] = report.view.all;
  const bins = 400;
  const trouble = { fail: new Array(bins).fill(0), info: new Array(bins).fill(0) };
  const ok = names.type.indexOf('ok');
  for (let at = 0; at < operations.type.length; at += 1) {
    const type = operations.type[at];
    if (type === ok) continue;
    const bin = Math.floor(((operations.start[at] - from) / (to - from)) * bins);
    trouble[names.type[type]][Math.min(bins - 1, Math.max(0, bin))] += 1;
  }
  return trouble;
}
