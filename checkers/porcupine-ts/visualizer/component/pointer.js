// What the pointer does: hover tells, a click selects, dragging and the wheel move and zoom; in the strip above, the window is dragged.
import { overviewPosition } from './overview.js';
import { told } from './told.js';

export function addPointer(ui, signal) {
  const { canvas } = ui;
  const pointers = new Map();
  let dragged;
  const on = (target, name, listener, more = {}) =>
    target.addEventListener(name, listener, { signal, ...more });

  on(canvas, 'wheel', (event) => wheel(ui, event), { passive: false });
  on(canvas, 'pointerdown', (event) => {
    if (event.button !== 0) return;
    pointers.set(event.pointerId, event.offsetX);
    canvas.setPointerCapture(event.pointerId);
    dragged = startOf(ui, event, pointers);
  });
  on(canvas, 'pointermove', (event) => {
    if (dragged !== undefined && pointers.has(event.pointerId)) {
      pointers.set(event.pointerId, event.offsetX);
      drag(ui, event, dragged, pointers);
    }
    if (dragged?.moved === true) hideTip(ui);
    else hover(ui, event);
  });
  const end = (event) => {
    pointers.delete(event.pointerId);
    const wasClick = dragged !== undefined && !dragged.moved && event.type === 'pointerup';
    dragged = pointers.size > 0 ? startOf(ui, event, pointers) : undefined;
    canvas.classList.remove('lanes-dragging');
    if (!wasClick) return;
    ui.select(ui.at(event.offsetX, event.offsetY), { reveal: false });
    ui.options.onSelect?.(ui.selected);
  };
  on(canvas, 'pointerup', end);
  on(canvas, 'pointercancel', end);
  on(canvas, 'pointerleave', () => {
    hideTip(ui);
    if (ui.hovered < 0) return;
    ui.hovered = -1;
    ui.changedCurrent();
  });
  on(canvas, 'dblclick', (event) => {
    ui.view.zoom(0.4, ui.view.position(event.offsetX));
    ui.moved();
  });
  addStrip(ui, on);
}

function startOf(ui, event, pointers) {
  const { view } = ui;
  return {
    x: event.offsetX,
    y: event.clientY,
    from: view.from,
    to: view.to,
    scrollTop: ui.scrollTop,
    apart: apartOf(pointers),
    moved: false,
  };
}

/** How far two fingers are apart; 0: it is one. */
function apartOf(pointers) {
  const [one, other] = [...pointers.values()];
  return other === undefined ? 0 : Math.max(Math.abs(one - other), 10);
}

function drag(ui, event, start, pointers) {
  const { view } = ui;
  if (Math.abs(event.offsetX - start.x) + Math.abs(event.clientY - start.y) < 4 && !start.moved) return;
  start.moved = true;
  ui.canvas.classList.add('lanes-dragging');
  const apart = apartOf(pointers);
  if (apart > 0 && start.apart > 0) {
    const middle = (start.from + start.to) / 2;
    const half = ((start.to - start.from) / 2) * (start.apart / apart);
    view.show(middle - half, middle + half);
  } else {
    const by = ((event.offsetX - start.x) / view.plotWidth) * (start.to - start.from);
    view.show(start.from - by, start.to - by);
    ui.scroller.scrollTop = start.scrollTop - (event.clientY - start.y);
  }
  ui.moved();
}

function wheel(ui, event) {
  const { view } = ui;
  const isPan = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
  // Beside the plot the wheel scrolls the lanes, and in a longer page it scrolls the page.
  if (event.offsetX < view.left) return;
  if (ui.options.wheel === 'modified' && !event.ctrlKey && !event.shiftKey) return;
  event.preventDefault();
  const unit = event.deltaMode === 1 ? 16 : 1;
  if (isPan && !event.ctrlKey) view.pan(((event.deltaX || event.deltaY) * unit) / view.plotWidth);
  else
    view.zoom(
      Math.exp(Math.max(-1, Math.min(1, event.deltaY * unit * 0.0022))),
      view.position(event.offsetX),
    );
  ui.moved();
}

function hover(ui, event) {
  const at = ui.at(event.offsetX, event.offsetY);
  if (at !== ui.hovered) {
    ui.hovered = at;
    ui.changedCurrent();
  }
  const lines = at >= 0 ? told(ui, at) : annotationsAt(ui, event.offsetX);
  if (lines.length === 0) {
    hideTip(ui);
    return;
  }
  const { tip } = ui;
  tip.replaceChildren(
    ...lines.map((text, index) =>
      Object.assign(document.createElement('div'), {
        textContent: text.length > 400 ? `${text.slice(0, 250)}…${text.slice(-120)}` : text,
        className: index === 0 ? 'lanes-tip-first' : text.startsWith('✕') ? 'lanes-tip-error' : '',
      }),
    ),
  );
  tip.hidden = false;
  const { height, width } = tip.getBoundingClientRect();
  const below = event.clientY + 18 + height < innerHeight;
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${Math.max(4, below ? event.clientY + 18 : event.clientY - height - 12)}px`;
}

function annotationsAt(ui, x) {
  const { data, view } = ui;
  if (x < view.left) return [];
  const position = view.position(x);
  const slack = ((view.to - view.from) / view.plotWidth) * 5;
  const bands = (data.bands ?? []).filter(
    ({ from, to }) =>
      view.scale.position(from) <= position + slack && view.scale.returnPosition(to) >= position - slack,
  );
  const points = (data.points ?? []).filter(
    ({ at }) => Math.abs(view.scale.position(at) - position) <= slack,
  );
  return [
    ...points.flatMap(({ at, label, details }) => [
      `${label}, ${ui.formatTime(at)}`,
      ...(details === undefined ? [] : [details]),
    ]),
    ...bands.flatMap(({ from, to, label, details }) => [
      `${label}, ${ui.formatTime(from)} to ${ui.formatTime(to)}`,
      ...(details === undefined ? [] : [details]),
    ]),
  ];
}

export function hideTip({ tip }) {
  tip.hidden = true;
}

function addStrip(ui, on) {
  const { strip, view } = ui;
  let grabbed;
  on(strip, 'pointerdown', (event) => {
    strip.setPointerCapture(event.pointerId);
    const at = overviewPosition(view, event.offsetX);
    const span = view.to - view.from;
    if (at < view.from || at > view.to || view.isWhole()) view.show(at - span / 2, at + span / 2);
    grabbed = at - view.from;
    ui.moved();
  });
  on(strip, 'pointermove', (event) => {
    if (grabbed === undefined) return;
    const from = overviewPosition(view, event.offsetX) - grabbed;
    view.show(from, from + (view.to - view.from));
    ui.moved();
  });
  const end = () => {
    grabbed = undefined;
  };
  on(strip, 'pointerup', end);
  on(strip, 'pointercancel', end);
  on(
    strip,
    'wheel',
    (event) => {
      if (ui.options.wheel === 'modified' && !event.ctrlKey && !event.shiftKey) return;
      event.preventDefault();
      view.zoom(event.deltaY > 0 ? 1.25 : 0.8, overviewPosition(view, event.offsetX));
      ui.moved();
    },
    { passive: false },
  );
}
