// Time as it is drawn: in its own unit, or as the order of events, where every call and return has the same room.

/** The first place whose value is at least `wanted`. */
export function firstAtLeast(values, wanted, low = 0, high = values.length) {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (values[middle] < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A return is drawn so much later than a call at the same moment: intervals are closed, so the two overlap. */
const returnLag = 0.6;

/** `position` of a moment along the x axis and back. */
export class TimeScale {
  /** @param {'time' | 'order'} kind @param {Float64Array} moments distinct and sorted */
  constructor(kind, moments) {
    this.kind = kind;
    this.moments = moments;
    this.first = kind === 'time' ? (moments[0] ?? 0) : 0;
    this.last = kind === 'time' ? (moments.at(-1) ?? 1) : Math.max(moments.length - 1 + returnLag, 1);
  }

  position(time) {
    if (this.kind === 'time') return time;
    const { moments } = this;
    const at = firstAtLeast(moments, time);
    if (moments[at] === time || at === 0) return at;
    if (at === moments.length) return this.last;
    return at - 1 + (time - moments[at - 1]) / (moments[at] - moments[at - 1]);
  }

  returnPosition(time) {
    return this.kind === 'time' ? time : this.position(time) + returnLag;
  }

  time(position) {
    if (this.kind === 'time') return position;
    const { moments } = this;
    const at = Math.min(Math.max(Math.floor(position), 0), moments.length - 1);
    const next = moments[Math.min(at + 1, moments.length - 1)];
    return moments[at] + (next - moments[at]) * Math.min(Math.max(position - at, 0), 1);
  }
}

/** Every moment at which something was called or returned, or that a text stands at, once. */
export function momentsOf({ bands = [], operations: { call, ret }, points = [] }) {
  const texts = [...bands.flatMap(({ from, to }) => [from, to]), ...points.map(({ at }) => at)];
  const all = new Float64Array(call.length * 2 + texts.length);
  let count = 0;
  for (let at = 0; at < call.length; at += 1) {
    all[count] = call[at];
    count += 1;
    if (ret[at] < call[at]) continue;
    all[count] = ret[at];
    count += 1;
  }
  for (const time of texts) {
    if (!Number.isFinite(time)) continue;
    all[count] = time;
    count += 1;
  }
  const sorted = all.subarray(0, count).sort();
  let kept = 0;
  for (let at = 0; at < count; at += 1) {
    if (at > 0 && sorted[at] === sorted[at - 1]) continue;
    sorted[kept] = sorted[at];
    kept += 1;
  }
  return sorted.slice(0, kept);
}

/** The visible stretch, in positions of a scale, and where that is on the screen. */
export class View {
  constructor(scale) {
    this.width = 800;
    this.left = 110;
    this.right = 14;
    this.use(scale);
  }

  use(scale) {
    this.scale = scale;
    const span = Math.max(scale.last - scale.first, scale.kind === 'time' ? 1e-9 : 1);
    // A little air on both sides, so that the first call and the last return are seen.
    this.min = scale.first - span * 0.015;
    this.max = scale.last + span * 0.03;
    this.least = scale.kind === 'order' ? 4 : span / 5e7;
    this.from = this.min;
    this.to = this.max;
  }

  get plotWidth() {
    return Math.max(this.width - this.left - this.right, 50);
  }

  x(position) {
    return this.left + ((position - this.from) / (this.to - this.from)) * this.plotWidth;
  }

  position(x) {
    return this.from + ((x - this.left) / this.plotWidth) * (this.to - this.from);
  }

  show(from, to) {
    const span = Math.min(Math.max(to - from, this.least), this.max - this.min);
    const centred = (from + to - span) / 2;
    this.from = Math.max(this.min, Math.min(centred, this.max - span));
    this.to = this.from + span;
  }

  zoom(factor, centre = (this.from + this.to) / 2) {
    const span = Math.min(Math.max((this.to - this.from) * factor, this.least), this.max - this.min);
    const share = (centre - this.from) / (this.to - this.from);
    this.show(centre - share * span, centre + (1 - share) * span);
  }

  pan(share) {
    const step = (this.to - this.from) * share;
    this.show(this.from + step, this.to + step);
  }

  isWhole() {
    return this.to - this.from >= (this.max - this.min) * 0.9999;
  }
}

/** Round numbers about `room` pixels apart. */
export function ticksOf(view, room = 110) {
  const { scale } = view;
  const wanted = ((view.to - view.from) / view.plotWidth) * room;
  const power = 10 ** Math.floor(Math.log10(wanted));
  let step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= wanted) ?? wanted;
  if (scale.kind === 'order') step = Math.max(1, Math.round(step));
  const ticks = [];
  for (let at = Math.ceil(view.from / step); at * step <= view.to && ticks.length < 100; at += 1) {
    const position = at * step;
    if (scale.kind === 'order' && (position < 0 || position > scale.moments.length - 1)) continue;
    ticks.push({ position, time: scale.time(position), step });
  }
  return ticks;
}
