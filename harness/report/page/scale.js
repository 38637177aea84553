// The visible stretch of time, shared by all plots; canvases with sharp lines; the hover box.
const margin = { left: 96, right: 12 };

class View {
  constructor(from, to) {
    Object.assign(this, { from, to, all: [from, to], listeners: [] });
  }
  x(ms, width) {
    return margin.left + ((ms - this.from) / (this.to - this.from)) * (width - margin.left - margin.right);
  }
  time(x, width) {
    return this.from + ((x - margin.left) / (width - margin.left - margin.right)) * (this.to - this.from);
  }
  show(from, to) {
    const span = Math.min(Math.max(to - from, 5), this.all[1] - this.all[0]);
    this.from = Math.max(this.all[0], Math.min(from, this.all[1] - span));
    this.to = this.from + span;
    this.changed();
  }
  zoom(factor, centre = (this.from + this.to) / 2) {
    this.show(centre - (centre - this.from) * factor, centre + (this.to - centre) * factor);
  }
  changed() {
    for (const listener of this.listeners) listener();
  }
}

function plot(height, label, draw, tip) {
  const canvas = element('canvas', { tabIndex: 0 });
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `${label}. Arrow keys move, plus and minus zoom.`);
  const { view } = report;
  const redraw = () => {
    const width = canvas.clientWidth || 1000;
    const ratio = devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    context.font = '11px system-ui, sans-serif';
    context.clearRect(0, 0, width, height);
    drawFaults(context, width, height);
    draw(context, width, height);
    drawAxis(context, width, height);
  };
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      redraw();
    });
  };
  view.listeners.push(soon);
  new ResizeObserver(soon).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', soon);
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      view.zoom(event.deltaY > 0 ? 1.25 : 0.8, view.time(event.offsetX, canvas.clientWidth));
    },
    { passive: false },
  );
  let dragged;
  canvas.addEventListener('pointerdown', (event) => {
    dragged = { x: event.offsetX, from: view.from, to: view.to };
  });
  addEventListener('pointerup', () => {
    dragged = undefined;
  });
  canvas.addEventListener('pointermove', (event) => {
    if (dragged !== undefined) {
      const moved =
        ((event.offsetX - dragged.x) / (canvas.clientWidth - margin.left - margin.right)) *
        (dragged.to - dragged.from);
      view.show(dragged.from - moved, dragged.to - moved);
    }
    showTip(event, tip?.(event.offsetX, event.offsetY, canvas.clientWidth, height));
  });
  canvas.addEventListener('pointerleave', () => showTip());
  canvas.addEventListener('dblclick', (event) =>
    view.zoom(0.4, view.time(event.offsetX, canvas.clientWidth)),
  );
  canvas.addEventListener('keydown', (event) => {
    const step = (view.to - view.from) / 5;
    if (event.key === 'ArrowLeft') view.show(view.from - step, view.to - step);
    else if (event.key === 'ArrowRight') view.show(view.from + step, view.to + step);
    else if (event.key === '+' || event.key === '=') view.zoom(0.6);
    else if (event.key === '-') view.zoom(1.6);
    else return;
    event.preventDefault();
  });
  return canvas;
}

function drawFaults(context, width, height) {
  const { view } = report;
  for (const fault of report.data.faults) {
    const from = Math.max(view.x(fault.from, width), margin.left);
    const to = Math.min(view.x(fault.to, width), width - margin.right);
    if (to <= from) continue;
    context.globalAlpha = fault.bit ? 0.35 : 0.15;
    context.fillStyle = faultColour(fault.nemesis);
    context.fillRect(from, 0, to - from, height - 16);
    context.globalAlpha = 1;
  }
}

function drawAxis(context, width, height) {
  const { view } = report;
  const wanted = (view.to - view.from) / 8;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= wanted) ?? wanted;
  context.fillStyle = colour('dim');
  context.textAlign = 'center';
  for (let at = Math.ceil(view.from / step) * step; at <= view.to; at += step) {
    const x = view.x(at, width);
    context.fillRect(x, height - 16, 1, 3);
    context.fillText(`${Number((at / 1000).toFixed(3))} s`, x, height - 3);
  }
}

function showTip(event, text) {
  const tip = document.getElementById('tip');
  if (text === undefined) {
    tip.style.display = 'none';
    return;
  }
  tip.textContent = text;
  tip.style.display = 'block';
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8)}px`;
}

function faultAt(ms) {
  return report.data.faults
    .filter((fault) => ms >= fault.from && ms <= fault.to)
    .map((fault) => `${fault.name} ${fault.variant} on ${fault.targets.join(', ')}`);
}
