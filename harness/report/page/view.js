// The visible stretch of time, shared by all plots.
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
