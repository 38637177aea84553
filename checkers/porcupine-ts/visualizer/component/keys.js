// What the keys do while the lanes have the focus.
import { besideInRow, nearestIn } from './layout.js';
import { firstAtLeast } from './time-scale.js';

export function addKeys(ui, signal) {
  ui.scroller.addEventListener(
    'keydown',
    (event) => {
      if (event.altKey || event.metaKey || event.ctrlKey) return;
      const act = event.shiftKey ? shifted[event.key] : plain[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act(ui);
    },
    { signal },
  );
}

const moved = (change) => (ui) => {
  change(ui.view, ui);
  ui.moved();
};

const shifted = {
  ArrowLeft: moved((view) => view.pan(-0.2)),
  ArrowRight: moved((view) => view.pan(0.2)),
  ArrowUp: (ui) => ui.scroller.scrollBy(0, -3 * ui.rowHeight),
  ArrowDown: (ui) => ui.scroller.scrollBy(0, 3 * ui.rowHeight),
  '+': moved((view, ui) => view.zoom(0.6, centreOf(ui))),
};

const plain = {
  ArrowLeft: (ui) => along(ui, -1),
  ArrowRight: (ui) => along(ui, 1),
  ArrowUp: (ui) => across(ui, -1),
  ArrowDown: (ui) => across(ui, 1),
  '[': (ui) => inOrder(ui, -1),
  ']': (ui) => inOrder(ui, 1),
  '+': moved((view, ui) => view.zoom(0.6, centreOf(ui))),
  '=': moved((view, ui) => view.zoom(0.6, centreOf(ui))),
  '-': moved((view, ui) => view.zoom(1 / 0.6, centreOf(ui))),
  Home: moved((view) => view.show(view.min, view.max)),
  0: moved((view) => view.show(view.min, view.max)),
  End: moved((view) => view.show(view.max - (view.to - view.from), view.max)),
  PageUp: moved((view) => view.pan(-0.9)),
  PageDown: moved((view) => view.pan(0.9)),
  e: (ui) => ui.jumpToError(),
  f: (ui) => ui.current >= 0 && ui.lookAt([ui.current]),
  Enter: (ui) => ui.options.onSelect?.(ui.selected),
  Escape: (ui) => {
    ui.select(-1);
    ui.options.onSelect?.(-1);
  },
};

/** The operation at hand stays where it is. */
function centreOf({ current, layout, view }) {
  const middle = (view.from + view.to) / 2;
  if (current < 0) return middle;
  const at = Math.min(Math.max(middle, layout.start[current]), layout.end[current]);
  return at > view.from && at < view.to ? at : middle;
}

/** Where nothing is at hand: the first operation of the first row that begins within sight. */
function someOperation(ui) {
  const { layout, view } = ui;
  for (let row = 0; row < layout.laneOfRow.length; row += 1) {
    const near = nearestIn(layout, row, view.from + (view.to - view.from) * 0.1, (view.to - view.from) * 0.9);
    if (near >= 0) return near;
  }
  return layout.members[0] ?? -1;
}

function along(ui, step) {
  ui.select(ui.current < 0 ? someOperation(ui) : besideInRow(ui.layout, ui.current, step));
}

/** The next row that has an operation, at the same moment as nearly as it has one. */
function across(ui, step) {
  const { current, layout, view } = ui;
  if (current < 0) return ui.select(someOperation(ui));
  const middle = (view.from + view.to) / 2;
  const from = Math.min(Math.max(middle, layout.start[current]), layout.end[current]);
  for (let row = layout.row[current] + step; row >= 0 && row < layout.laneOfRow.length; row += step) {
    const near = nearestIn(layout, row, from);
    if (near >= 0) return ui.select(near);
  }
  return undefined;
}

/** To the step before or after the operation at hand; past the last one to what was refused there. */
function inOrder(ui, step) {
  const shown = ui.shownOrder();
  if (shown === undefined) return;
  const { operations, refused = [] } = shown.order;
  const steps = [...operations];
  const place = steps.indexOf(ui.current);
  if (place >= 0) ui.select(steps[place + step] ?? (step > 0 ? (refused[0] ?? ui.current) : ui.current));
  else if (refused.includes(ui.current)) ui.select(step < 0 ? (steps.at(-1) ?? ui.current) : ui.current);
  else ui.select(steps[Math.min(firstAtLeast(shown.points, ui.view.from), steps.length - 1)] ?? -1);
}
