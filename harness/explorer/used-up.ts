/** Whether of nothing more was used up; four bits each. */
export function isNoMore(used: number, than: number): boolean {
  for (let shift = 0; shift < 32; shift += 4)
    if (((used >>> shift) & 15) > ((than >>> shift) & 15)) return false;
  return true;
}
