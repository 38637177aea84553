/** Shapings of links that overlap: of each link the last one counts. */
import type { FaultLink } from '../checkers/history/fault.ts';

export class ActiveShapings<Shape> {
  readonly #active = new Map<object, { readonly links: readonly FaultLink[]; readonly shape: Shape }>();

  add(shaping: object, links: readonly FaultLink[], shape: Shape): void {
    this.#active.set(shaping, { links, shape });
  }

  /** False for one that ended before. */
  end(shaping: object): boolean {
    return this.#active.delete(shaping);
  }

  /** Undefined for a link that nobody shapes. */
  shapeOf(link: FaultLink): Shape | undefined {
    return this.#last(link)?.[1].shape;
  }

  /** Those that have the shape of this one now. */
  effective(shaping: object): readonly FaultLink[] {
    return (this.#active.get(shaping)?.links ?? []).filter((link) => this.#last(link)?.[0] === shaping);
  }

  links(): readonly FaultLink[] {
    return [...this.#active.values()].flatMap(({ links }) => links);
  }

  #last(link: FaultLink) {
    return [...this.#active].findLast(([, { links }]) =>
      links.some(([from, to]) => from === link[0] && to === link[1]),
    );
  }
}
