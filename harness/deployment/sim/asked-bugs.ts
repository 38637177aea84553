/** The seeded bugs of a simulated cluster, and which of their guards were reached: whoever comes to a guard asks for its bug. */
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';

export class AskedBugs extends Set<SeededBug> {
  readonly asked = new Set<SeededBug>();

  override has(bug: SeededBug): boolean {
    this.asked.add(bug);
    return super.has(bug);
  }
}
