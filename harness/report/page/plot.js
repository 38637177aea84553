// Canvases with sharp lines that follow the view, and the box that says what is under the pointer.
const axisHeight = 18;

/** `draw(context, width, height)` in CSS pixels; `tip(x, y, width)` gives text or undefined; `click` the same arguments. */
function plot(height, label, draw, { tip, click, ownRange = false } = {}) {
  const canvas = element('canvas', { tabIndex: 0 });
  canvas.setAttribute('role', 'img');
  canvas.setAttribute(
    'aria-label',
    `${label}. Arrow keys move, plus and minus zoom, Home shows the whole run.`,
  );
  canvas.style.height = `${height}px`;
  const redraw = oncePerFrame(() => {
    const width = canvas.clientWidth || 1000;
    const ratio = devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.font = '11px system-ui, sans-serif';
    if (!ownRange) drawFaults(context, width, height);
    draw(context, width, height);
    if (!ownRange) drawAxis(context, width, height);
  });
  report.view.listeners.push(redraw);
  new ResizeObserver(redraw).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  addKeys(canvas);
  if (!ownRange) addPointer(canvas, height, tip, click);
  return canvas;
}

function addKeys(canvas) {
  const { view } = report;
  canvas.addEventListener('keydown', (event) => {
    const step = (view.to - view.from) / 5;
    if (event.key === 'ArrowLeft') view.show(view.from - step, view.to - step);
    else if (event.key === 'ArrowRight') view.show(view.from + step, view.to + step);
    else if (event.key === '+' || event.key === '=') view.zoom(0.6);
    else if (event.key === '-') view.zoom(1 / 0.6);
    else if (event.key === 'Home') view.show(...view.all);
    else return;
    event.preventDefault();
  });
}

function addPointer(canvas, height, tip, click) {
  const { view } = report;
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
      view.zoom(delta > 0 ? 1.25 : 0.8, view.time(event.offsetX, canvas.clientWidth));
    },
    { passive: false },
  );
  let dragged;
  canvas.addEventListener('pointerdown', (event) => {
    dragged = { x: event.offsetX, from: view.from, to: view.to, moved: false };
  });
  addEventListener('pointerup', () => {
    dragged = undefined;
  });
  canvas.addEventListener('pointermove', (event) => {
    if (dragged !== undefined && Math.abs(event.offsetX - dragged.x) > 3) {
      dragged.moved = true;
      const perPixel = (dragged.to - dragged.from) / (canvas.clientWidth - margin.left - margin.right);
      const ms = (event.offsetX - dragged.x) * perPixel;
      view.show(dragged.from - ms, dragged.to - ms);
    }
    showTip(event, tip?.(event.offsetX, event.offsetY, canvas.clientWidth, height));
  });
  canvas.addEventListener('pointerleave', () => showTip());
  canvas.addEventListener('click', (event) => click?.(event.offsetX, event.offsetY, canvas.clientWidth));
  canvas.addEventListener('dblclick', (event) =>
    view.zoom(0.4, view.time(event.offsetX, canvas.clientWidth)),
  );
}

/** Bands over the whole height; lighter where no probe proved that the fault bit. */
function drawFaults(context, width, height) {
  const { view } = report;
  for (const fault of report.data.faults) {
    const from = Math.max(view.x(fault.from, width), margin.left);
    const to = Math.min(view.x(fault.to, width), width - margin.right);
    if (to <= from) continue;
    context.globalAlpha = fault.bit ? 0.4 : 0.15;
    context.fillStyle = faultColour(fault.nemesis);
    context.fillRect(from, 0, to - from, height - axisHeight);
    context.globalAlpha = 1;
  }
}

function drawAxis(context, width, height) {
  const { view } = report;
  const wanted = (view.to - view.from) / 9;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= wanted) ?? wanted;
  context.fillStyle = colour('dim');
  context.textAlign = 'center';
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
    const x = view.x(at, width);
    context.fillRect(x, height - axisHeight, 1, 4);
    context.fillText(`${Number((at / 1000).toFixed(4))} s`, Math.min(x, width - 18), height - 4);
  }
}

/** Text on the left of a lane. */
function laneLabel(context, text, y) {
  context.textAlign = 'left';
  context.fillStyle = colour('dim');
  context.fillText(text, 8, y);
}

/** Nothing drawn in it is seen beside the plot. */
function clipToPlot(context, width, height) {
  context.beginPath();
  context.rect(margin.left, 0, width - margin.left - margin.right, height);
  context.clip();
}

function showTip(event, text) {
  const tip = document.getElementById('tip');
  if (text === undefined || text === '') {
    tip.style.display = 'none';
    return;
  }
  tip.textContent = text;
  tip.style.display = 'block';
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${Math.max(4, Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8))}px`;
}

function faultsAt(ms) {
  return report.data.faults.filter((fault) => ms >= fault.from && ms <= fault.to).map(faultText);
}

function faultText(fault) {
  const unproven = fault.failure === null ? '' : `: ${fault.failure}`;
  return `${fault.name} ${fault.variant} on ${fault.targets.join(', ')}${unproven}`;
}
