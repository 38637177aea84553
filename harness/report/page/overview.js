// The whole run in one strip: faults by name, what did not succeed, anomalies, and the stretch that the plots below show.
/** Overlapping nemeses have a row each. */
const faultRow = 17;

function overview() {
  const { data, view } = report;
  const nemeses = [...new Set(data.faults.map((fault) => fault.nemesis))];
  const base = Math.max(1, nemeses.length) * faultRow + 22;
  const height = base + 8;
  const trouble = troubleByBin();
  const inner = (width) => width - margin.left - margin.right;
  const whole = (ms, width) =>
    margin.left + ((ms - view.all[0]) / (view.all[1] - view.all[0])) * inner(width);
  const draw = (context, width) => {
    laneLabel(context, 'whole run', 16);
    for (const fault of data.faults) {
      const y = 3 + nemeses.indexOf(fault.nemesis) * faultRow;
      drawFaultName(context, fault, whole(fault.from, width), whole(fault.to, width), y);
    }
    for (const type of ['fail', 'info']) {
      context.fillStyle = colour(type);
      const most = Math.max(1, ...trouble[type]);
      const step = inner(width) / trouble[type].length;
      for (const [at, number] of trouble[type].entries()) {
        const size = number === 0 ? 0 : 3 + (9 * number) / most;
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
    context.strokeRect(from, 1, Math.max(to - from, 3), height - 2);
  };
  const canvas = plot(height, 'The whole run, with the visible stretch framed', draw, { ownRange: true });
  const move = (event) => {
    const share = (event.offsetX - margin.left) / inner(canvas.clientWidth);
    const ms = view.all[0] + share * (view.all[1] - view.all[0]);
    const half = (view.to - view.from) / 2;
    view.show(ms - half, ms + half);
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    move(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (event.buttons === 1) move(event);
  });
  return canvas;
}

function drawFaultName(context, fault, from, to, y) {
  context.globalAlpha = fault.bit ? 0.8 : 0.3;
  context.fillStyle = faultColour(fault.nemesis);
  context.fillRect(from, y, Math.max(to - from, 2), faultRow - 2);
  context.globalAlpha = 1;
  context.fillStyle = colour('text');
  context.textAlign = 'left';
  fitText(context, `${fault.name} ${fault.variant}`, from + 4, y + 11, to - from - 6);
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
  for (const [at, type] of operations.type.entries()) {
    const counts = trouble[names.type[type]];
    if (counts === undefined) continue;
    counts[
      Math.min(bins - 1, Math.max(0, Math.floor(((operations.start[at] - from) / (to - from)) * bins)))
    ] += 1;
  }
  return trouble;
}

/** Text cut to a width; nothing where not even three letters would stand. */
function fitText(context, text, x, y, width) {
  let shown = text;
  while (shown.length > 2 && context.measureText(shown).width > width) shown = shown.slice(0, -1);
  if (shown.length > 2 || shown === text) context.fillText(shown, x, y);
}
