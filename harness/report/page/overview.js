// The whole run in one strip: faults by name, what did not succeed, anomalies, and the stretch that the plots below show.
function overview() {
  const { data, view } = report;
  const height = 58;
  const trouble = troubleByPixel();
  const inner = (width) => width - margin.left - margin.right;
  const whole = (ms, width) =>
    margin.left + ((ms - view.all[0]) / (view.all[1] - view.all[0])) * inner(width);
  const draw = (context, width) => {
    laneLabel(context, 'whole run', 24);
    for (const fault of data.faults) {
      const [from, to] = [whole(fault.from, width), whole(fault.to, width)];
      context.globalAlpha = fault.bit ? 0.7 : 0.25;
      context.fillStyle = faultColour(fault.nemesis);
      context.fillRect(from, 4, Math.max(to - from, 2), 32);
      context.globalAlpha = 1;
      context.fillStyle = colour('text');
      context.textAlign = 'left';
      fitText(context, fault.name, from + 4, 16, to - from - 6);
      fitText(context, fault.variant, from + 4, 30, to - from - 6);
    }
    for (const type of ['fail', 'info']) {
      context.fillStyle = colour(type);
      const most = Math.max(1, ...trouble[type]);
      for (const [at, number] of trouble[type].entries()) {
        if (number === 0) continue;
        const size = 3 + (9 * number) / most;
        const x = margin.left + (at / trouble[type].length) * inner(width);
        context.fillRect(x, 50 - size, Math.max(1, inner(width) / trouble[type].length), size);
      }
    }
    context.fillStyle = colour('line');
    context.fillRect(margin.left, 50, inner(width), 1);
    context.fillStyle = colour('invalid');
    for (const { at } of report.anomalies) {
      if (at === undefined) continue;
      const x = whole(at, width);
      context.beginPath();
      context.moveTo(x - 4, 57);
      context.lineTo(x + 4, 57);
      context.lineTo(x, 50);
      context.fill();
    }
    const [from, to] = [whole(view.from, width), whole(view.to, width)];
    context.strokeStyle = colour('accent');
    context.lineWidth = 2;
    context.strokeRect(from, 1, Math.max(to - from, 3), 55);
  };
  const canvas = plot(height, 'The whole run, with the visible stretch framed', draw, { ownRange: true });
  const move = (event) => {
    const ms =
      view.all[0] + ((event.offsetX - margin.left) / inner(canvas.clientWidth)) * (view.all[1] - view.all[0]);
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

/** How many operations failed, or were lost sight of, by stretch of the run. */
function troubleByPixel() {
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
