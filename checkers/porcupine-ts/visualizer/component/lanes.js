/**
 * Operations over time, a lane for each client: a browser component without dependencies, for 200,000 operations and more. An operation is named by its
 * place in the columns of `data.operations`, which stand in the order of their calls.
 *
 * Keys: arrows go from operation to operation, `[` and `]` along the order, + and - zoom, Shift with arrows moves, Home shows all, `f` looks at the
 * operation, `e` at the first error, Enter selects, Escape lets go.
 */
import { addKeys } from './keys.js';
import { layOut, nearestIn } from './layout.js';
import { longestOrders, pointsOf } from './orders.js';
import { countColumns, overviewHeight, paintOverview } from './overview.js';
import { axisHeight, flagHeight, outline, paintAxis, paintLanes, readTheme, rowTop } from './paint.js';
import { paintOrder, stateHeight } from './paint-order.js';
import { addPointer, hideTip } from './pointer.js';
import { momentsOf, TimeScale, View } from './time-scale.js';
import { told } from './told.js';

/**
 * What is drawn.
 * @typedef {object} LanesData
 * @property {readonly { readonly label: string }[]} lanes from top to bottom; one without operations is not drawn
 * @property {Columns} operations
 * @property {readonly Kind[]} kinds what `operations.kind` counts
 * @property {(at: number) => string} text a line about the operation, written into its box
 * @property {(at: number) => string} [id] what people call the operation; default its place
 * @property {(at: number) => string[]} [details] more lines for the tip and the live region
 * @property {readonly Band[]} [bands] stretches of time with a text, such as faults
 * @property {readonly Point[]} [points] moments with a text
 * @property {readonly Order[]} [orders] linearizations; the longest one through the operation at hand is drawn
 * @property {(order: Order) => string | undefined} [initialState] the state before the first step of an order
 * @property {readonly number[]} [errors] operations that are wrong, outlined: the smallest refused core, or those of an anomaly
 */

/**
 * One number for each operation, in the order of calls.
 * @typedef {object} Columns
 * @property {ArrayLike<number>} lane
 * @property {ArrayLike<number>} call in any unit; see `formatTime`
 * @property {ArrayLike<number>} ret less than `call`: no answer ever came
 * @property {ArrayLike<number>} kind
 */

/**
 * What an operation is: its colour (a CSS colour or the name of a variable, `--ok`), the height of its box (`size`, 1 is the whole row), and its `rank`
 * (default: its place): the highest is seen where many operations share a pixel.
 * @typedef {{ readonly label: string, readonly colour: string, readonly size?: number, readonly rank?: number }} Kind
 */

/**
 * A stretch of time; `colour` is any CSS colour, `details` is told when pointed at.
 * @typedef {{ readonly from: number, readonly to: number, readonly label: string, readonly colour?: string, readonly details?: string }} Band
 */

/**
 * A moment; the same.
 * @typedef {{ readonly at: number, readonly label: string, readonly colour?: string, readonly details?: string }} Point
 */

/**
 * A linearization, whole or as far as it came.
 * @typedef {object} Order
 * @property {ArrayLike<number>} operations in the order in which they took effect
 * @property {number} [first] number of the first of these steps (default 1): more where the beginning was left out
 * @property {number} [total] steps of the whole order, where its end was left out as well
 * @property {(step: number) => string | undefined} [state] the state after the step (an index into `operations`)
 * @property {readonly number[]} [refused] operations that should have come next, and could not
 */

/**
 * How it behaves.
 * @typedef {object} LanesOptions
 * @property {(at: number) => void} [onSelect] an operation was clicked or chosen by Enter; -1: none any more
 * @property {(at: number) => void} [onCurrent] the operation under the pointer or the keyboard's; -1: none
 * @property {(from: number, to: number) => void} [onView] the visible stretch of time changed
 * @property {(time: number, step?: number) => string} [formatTime] `step`: between two ticks of the axis
 * @property {'zoom' | 'modified'} [wheel] `modified` (for a part of a longer page): only with Ctrl (zoom) or Shift (move); default `zoom`
 * @property {'time' | 'order'} [scale] default `time`; `order`: every call and return has the same room
 * @property {number} [rowHeight] pixels; default as much as there is room for, 16 to 32, with orders 46
 * @property {string} [label] what a screen reader calls it
 */

/**
 * What can be done with it.
 * @typedef {object} LanesHandle
 * @property {(at: number, how?: { reveal?: boolean }) => void} select -1: none; `reveal` (default) brings it into sight
 * @property {() => number} selected
 * @property {() => number} current under the pointer, else selected, else -1
 * @property {(from: number, to: number) => void} show a stretch of time
 * @property {() => [number, number]} shown
 * @property {() => void} fit shows everything
 * @property {(factor: number) => void} zoom below 1: nearer
 * @property {(places: readonly number[]) => void} lookAt these operations, and what happened around them
 * @property {(kind: 'time' | 'order') => void} setScale
 * @property {(mask: Uint8Array | undefined) => void} setMask 0 hides an operation; undefined shows all
 * @property {(query: string) => number[]} find words that must all stand in lane or text (`#7`: in the id); marks and returns the operations
 * @property {(places: readonly number[]) => void} setErrors
 * @property {(index: number) => void} setOrder drawn while no operation is at hand; -1: none
 * @property {() => number} orderAtHand which of `orders` is drawn, or -1
 * @property {(at: number) => string[]} tell what the tip says
 * @property {() => number} jumpToError selects the first and returns it; -1: there is none
 * @property {() => void} focus
 * @property {(at: number) => { x: number, right: number, y: number }} placeOf where it is drawn, in pixels of the canvas
 * @property {() => void} refresh colours or size changed
 * @property {() => void} destroy
 */

/**
 * Fills `root` with the lanes. It needs `lanes.css` (`lanesStyle`), takes its colours from the CSS variables named there, and as much height as the element has.
 * @param {HTMLElement} root @param {LanesData} data @param {LanesOptions} [options] @returns {LanesHandle}
 */
export function createLanes(root, data, options = {}) {
  return new Lanes(root, data, options).handle();
}

class Lanes {
  constructor(root, data, options) {
    this.root = root;
    this.data = data;
    this.options = options;
    this.formatTime = options.formatTime ?? ((time) => String(Number(time.toPrecision(12))));
    this.errors = data.errors ?? [];
    this.selected = -1;
    this.hovered = -1;
    this.defaultOrder = -1;
    this.pinnedOrder = -1;
    this.hasOrders = (data.orders ?? []).length > 0;
    this.mask = undefined;
    this.found = undefined;
    this.foundMask = undefined;
    this.hasFlags = (data.bands ?? []).length + (data.points ?? []).length > 0;
    this.longest = longestOrders(data.orders ?? [], data.operations.call.length);
    this.moments = momentsOf(data);
    this.view = new View(new TimeScale(options.scale ?? 'time', this.moments));
    this.#build();
    this.#measureTops();
    this.#layOut();
    this.#listen();
  }

  get current() {
    return this.hovered >= 0 ? this.hovered : this.selected;
  }

  get scrollTop() {
    return this.scroller.scrollTop;
  }

  isFaded(at) {
    return this.foundMask !== undefined && this.foundMask[at] === 0;
  }

  /** The order that is drawn now: of the operation at hand the longest one through it, otherwise the one at whose end it was refused. -1: none. */
  orderAtHand() {
    const { current, pinnedOrder } = this;
    if (current < 0) return this.defaultOrder;
    if (this.hovered < 0 && pinnedOrder >= 0) return pinnedOrder;
    if (this.longest[current] >= 0) return this.longest[current];
    return (this.data.orders ?? []).findIndex(({ refused }) => refused?.includes(current));
  }

  /** The same with its points; undefined: none. */
  shownOrder() {
    const order = this.data.orders?.[this.orderAtHand()];
    if (order === undefined) return undefined;
    if (this.shown?.order !== order) {
      const horizon = this.view.scale.last;
      const operations = Array.prototype.filter.call(order.operations, (at) => this.layout.row[at] >= 0);
      // A key that is not shown has no points.
      const whole = operations.length === order.operations.length ? order : { ...order, operations };
      this.shown = { order, points: pointsOf(whole, this.layout, horizon) };
      if (whole !== order) this.shown = { order: whole, points: this.shown.points };
    }
    return this.shown;
  }

  select(at, { reveal = true, order = -1 } = {}) {
    this.selected = at >= 0 && at < this.layout.row.length && this.layout.row[at] >= 0 ? at : -1;
    this.hovered = -1;
    this.pinnedOrder = order;
    hideTip(this);
    if (this.selected >= 0 && reveal) this.reveal(this.selected);
    this.live.textContent = this.selected < 0 ? '' : told(this, this.selected).join('. ');
    this.changedCurrent();
  }

  changedCurrent() {
    this.options.onCurrent?.(this.current);
    this.redraw();
  }

  /** Moves the view only as far as needed to see the operation. */
  reveal(at) {
    const { layout, view } = this;
    const [start, end] = [layout.start[at], layout.end[at]];
    const span = view.to - view.from;
    const margin = span * 0.08;
    if (end - start > span * 0.9) {
      if (start > view.to - margin || end < view.from + margin)
        view.show(start - margin, start - margin + span);
    } else if (start < view.from + margin) view.show(start - margin, start - margin + span);
    else if (end > view.to - margin) view.show(end + margin - span, end + margin);
    this.#revealRow(layout.row[at]);
    this.moved();
  }

  #revealRow(row) {
    const top = rowTop(this, row);
    if (top < this.top) this.scroller.scrollTop += top - this.top - this.rowHeight;
    else if (top + this.rowHeight > this.height)
      this.scroller.scrollTop += top + 2 * this.rowHeight - this.height;
  }

  /** Looks at these operations, with what happened around them. */
  lookAt(places) {
    const { layout, view } = this;
    const drawn = places.filter((at) => layout.row[at] >= 0);
    if (drawn.length === 0) return;
    const from = Math.min(...drawn.map((at) => layout.start[at]));
    const to = Math.max(...drawn.map((at) => (layout.isOpen(at) ? layout.start[at] : layout.end[at])));
    const room = Math.max(
      (to - from) * 0.35,
      view.least * 2,
      ...drawn.slice(0, 8).map((at) => this.#ownRoom(at)),
    );
    view.show(from - room, to + room);
    this.#revealRow(Math.max(...drawn.map((at) => layout.row[at])));
    this.#revealRow(Math.min(...drawn.map((at) => layout.row[at])));
    this.moved();
  }

  /** As much as an operation itself takes: a text fits into its box then. */
  #ownRoom(at) {
    const { layout } = this;
    return layout.isOpen(at) ? 0 : (layout.end[at] - layout.start[at]) * 1.5;
  }

  /** To the errors, and to the one of them that could not follow at the end of the default order. */
  jumpToError() {
    const refused = this.data.orders?.[this.defaultOrder]?.refused ?? [];
    const places = this.errors.length > 0 ? this.errors : refused;
    const drawn = places.filter((at) => this.layout.row[at] >= 0);
    if (drawn.length === 0) return -1;
    const isStuck = (at) => refused.includes(at);
    const stuck = drawn.find(isStuck) ?? drawn[0];
    this.lookAt(drawn.length > 40 ? [stuck] : drawn);
    this.select(stuck, { reveal: false, order: isStuck(stuck) ? this.defaultOrder : -1 });
    return stuck;
  }

  find(query) {
    const words = query
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    this.found = undefined;
    this.foundMask = undefined;
    if (words.length > 0) {
      this.foundMask = new Uint8Array(this.layout.row.length);
      this.found = [];
      for (let at = 0; at < this.foundMask.length; at += 1) {
        if (this.layout.row[at] < 0 || !this.#matches(at, words)) continue;
        this.foundMask[at] = 1;
        this.found.push(at);
      }
    }
    this.redraw();
    return this.found ?? [];
  }

  /** `#7` is operation 7 and no other; other words may stand anywhere. */
  #matches(at, words) {
    const { data } = this;
    const id = data.id?.(at) ?? String(at);
    const text = `${data.lanes[data.operations.lane[at]].label} ${data.text(at)}`.toLowerCase();
    return words.every((word) =>
      word.startsWith('#') ? id.toLowerCase() === word.slice(1) : text.includes(word) || id === word,
    );
  }

  setScale(kind) {
    const { view } = this;
    const [from, to] = [view.scale.time(view.from), view.scale.time(view.to)];
    const whole = view.isWhole();
    view.use(new TimeScale(kind, this.moments));
    if (!whole) view.show(view.scale.position(from), view.scale.position(to));
    this.#layOut();
    this.moved();
  }

  setMask(mask) {
    this.mask = mask;
    this.#layOut();
    if (this.selected >= 0 && this.layout.row[this.selected] < 0) this.select(-1);
    this.redraw();
  }

  moved() {
    const { scale, from, to } = this.view;
    this.options.onView?.(scale.time(from), scale.time(to));
    this.redraw();
  }

  /** The operation at a place of the canvas, or -1. */
  at(x, y) {
    if (y < this.top || x < this.view.left) return -1;
    const row = Math.floor((y - this.top + this.scrollTop) / this.rowHeight);
    if (row < 0 || row >= this.layout.laneOfRow.length) return -1;
    const slack = ((this.view.to - this.view.from) / this.view.plotWidth) * 6;
    return nearestIn(this.layout, row, this.view.position(x), slack);
  }

  #build() {
    const make = (name, className) => Object.assign(document.createElement(name), { className });
    this.root.classList.add('lanes');
    this.strip = make('canvas', 'lanes-overview');
    this.strip.setAttribute('aria-hidden', 'true');
    this.scroller = make('div', 'lanes-scroll');
    this.scroller.tabIndex = 0;
    this.scroller.setAttribute('role', 'application');
    this.scroller.setAttribute('aria-roledescription', 'timeline');
    this.scroller.setAttribute('aria-label', this.options.label ?? 'Operations over time');
    this.canvas = make('canvas', 'lanes-canvas');
    this.spacer = make('div', 'lanes-spacer');
    this.scroller.append(this.canvas, this.spacer);
    this.tip = make('div', 'lanes-tip');
    this.tip.hidden = true;
    this.live = make('div', 'lanes-live');
    this.live.setAttribute('aria-live', 'polite');
    this.hint = make('div', 'lanes-live');
    this.hint.id = `lanes-hint-${Math.random().toString(36).slice(2)}`;
    this.hint.textContent =
      'Arrow keys go from operation to operation, square brackets along the order. Plus and minus zoom, Home shows all, e goes to the first error, Enter selects, Escape lets go.';
    this.scroller.setAttribute('aria-describedby', this.hint.id);
    this.root.replaceChildren(this.strip, this.scroller, this.tip, this.live, this.hint);
  }

  #measureTops() {
    let top = axisHeight;
    this.flagTop = top;
    if (this.hasFlags) top += flagHeight;
    if ((this.data.orders ?? []).some(({ state }) => state !== undefined)) {
      this.stateTop = top;
      top += stateHeight + 2;
    }
    this.top = top + 2;
  }

  #layOut() {
    this.layout = layOut(this.data, this.view.scale, this.mask);
    this.shown = undefined;
    this.columns = undefined;
    this.#resize();
  }

  #resize() {
    const rows = Math.max(this.layout.laneOfRow.length, 1);
    this.view.width = this.scroller.clientWidth || 800;
    const longest = this.data.lanes.reduce((most, { label }) => Math.max(most, label.length), 5);
    this.view.left = Math.round(Math.min(Math.max(longest * 6.4 + 24, 70), this.view.width / 4, 240));
    this.height = this.scroller.clientHeight || 400;
    const room = Math.floor((this.height - this.top - 4) / rows);
    this.rowHeight = this.options.rowHeight ?? Math.max(16, Math.min(this.hasOrders ? 46 : 32, room));
    this.spacer.style.height = `${Math.max(0, this.top + rows * this.rowHeight + 4 - this.height)}px`;
    this.columns = undefined;
    this.redraw();
  }

  #listen() {
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(this.scroller);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.refresh(), { signal });
    this.scroller.addEventListener('scroll', () => this.redraw(), { signal });
    // What is printed is dark on white, whatever the screen has: the style sheet says so by this class.
    const print = (isPrinting) => {
      this.root.classList.toggle('lanes-print', isPrinting);
      this.theme = undefined;
      this.paint();
    };
    addEventListener('beforeprint', () => print(true), { signal });
    addEventListener('afterprint', () => print(false), { signal });
    addPointer(this, signal);
    addKeys(this, signal);
  }

  refresh() {
    this.theme = undefined;
    this.#resize();
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (!this.stop?.signal.aborted) this.paint();
    });
  }

  paint() {
    this.theme ??= readTheme(this.root, this.data.kinds);
    this.columns ??= countColumns(this);
    const context = contextOf(this.canvas, this.view.width, this.height);
    paintLanes(context, this);
    context.save();
    context.beginPath();
    context.rect(this.view.left - 6, this.top, this.view.width, this.height);
    context.clip();
    for (const at of this.errors) outline(context, this, at, this.theme.error);
    context.restore();
    const shown = this.shownOrder();
    if (shown !== undefined) paintOrder(context, this, shown);
    if (this.current >= 0) {
      context.save();
      context.beginPath();
      context.rect(this.view.left - 6, this.top, this.view.width, this.height);
      context.clip();
      outline(context, this, this.current, this.theme.accent, {
        inset: this.errors.includes(this.current) ? -2.5 : 0,
      });
      context.restore();
    }
    paintAxis(context, this);
    if (this.stateTop !== undefined) {
      context.fillStyle = this.theme.dim;
      context.textAlign = 'left';
      context.fillText('state', 10, this.stateTop + stateHeight / 2);
    }
    paintOverview(contextOf(this.strip, this.view.width, overviewHeight), this, this.columns);
  }

  handle() {
    const { view } = this;
    return {
      select: (at, how) => this.select(at, how),
      selected: () => this.selected,
      current: () => this.current,
      show: (from, to) => {
        view.show(view.scale.position(from), view.scale.position(to));
        this.moved();
      },
      shown: () => [view.scale.time(view.from), view.scale.time(view.to)],
      fit: () => {
        view.show(view.min, view.max);
        this.moved();
      },
      zoom: (factor) => {
        view.zoom(factor);
        this.moved();
      },
      lookAt: (places) => this.lookAt(places),
      setScale: (kind) => this.setScale(kind),
      setMask: (mask) => this.setMask(mask),
      find: (query) => this.find(query),
      setErrors: (places) => {
        this.errors = places;
        this.redraw();
      },
      setOrder: (index) => {
        this.defaultOrder = index;
        this.redraw();
      },
      orderAtHand: () => this.orderAtHand(),
      tell: (at) => told(this, at),
      jumpToError: () => this.jumpToError(),
      focus: () => this.scroller.focus({ preventScroll: true }),
      placeOf: (at) => ({
        x: view.x(this.layout.start[at]),
        right: view.x(this.layout.end[at]),
        y: rowTop(this, this.layout.row[at]) + this.rowHeight / 2,
      }),
      refresh: () => this.refresh(),
      destroy: () => {
        this.stop.abort();
        this.observer.disconnect();
        this.root.replaceChildren();
      },
    };
  }
}

/** Sized to the screen's own pixels. */
function contextOf(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
