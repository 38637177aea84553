// How times are written: as they are, or in seconds since the beginning where the unit is known.
const unitSeconds = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** `(time, step)`: a time of the history; `step` says how exact a tick of the axis must be. A duration is written like a time without its base. */
export function timeFormat({ base, timeUnit }) {
  if (timeUnit !== undefined) {
    const unit = unitSeconds[timeUnit];
    return (time, step) => {
      const seconds = time * unit;
      const digits =
        step === undefined ? 9 : Math.max(0, Math.min(9, Math.ceil(-Math.log10(step * unit) - 1e-9)));
      return `${step === undefined ? Number(seconds.toFixed(digits)) : seconds.toFixed(digits)} s`;
    };
  }
  if (typeof base === 'number') {
    return (time, step) => String(Number((base + time).toPrecision(step === undefined ? 15 : 12)));
  }
  return (time) => `+${Number(time.toPrecision(15))}`;
}
