// The visible stretch of time, shared by all plots.
/** Those of the lanes of operations, so that a moment stands at the same place everywhere. */
const margin = { left: 94, right: 14 };

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
  get isWhole() {
    return this.from === this.all[0] && this.to === this.all[1];
  }
  show(from, to) {
    const span = Math.min(Math.max(to - from, 5), this.all[1] - this.all[0]);
    this.from = Math.max(this.all[0], Math.min(from, this.all[1] - span));
    this.to = this.from + span;
    this.changed();
  }
  /** As `show`, by the hand of whoever reads: the address says it from then on. */
  move(from, to) {
    this.show(from, to);
    keepTime();
  }
  zoom(factor, centre = (this.from + this.to) / 2) {
    this.move(centre - (centre - this.from) * factor, centre + (this.to - centre) * factor);
  }
  changed() {
    for (const listener of this.listeners) listener();
  }
}

/** Calls at most once per frame. */
function oncePerFrame(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      work();
    });
  };
}
