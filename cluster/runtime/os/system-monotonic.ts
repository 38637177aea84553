/** The kernel's monotonic clock: all processes and containers of one kernel read the same, whatever was done to their wall clocks. */
export function systemMonotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
