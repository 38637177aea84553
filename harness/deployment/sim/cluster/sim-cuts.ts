/** The cuts that hold links of the simulated network: cuts that overlap share a link, in the flavour of the first. */
import type { FaultLink } from '../../../../checkers/history/fault.ts';
import type { Cut, CutFlavour } from '../../../../nemeses/nemesis.ts';
import type { SimWorld } from '../sim-world.ts';

export class SimCuts {
  readonly #world: SimWorld;
  readonly #holders = new Map<string, { readonly link: FaultLink; readonly cuts: Set<object> }>();

  constructor(world: SimWorld) {
    this.#world = world;
  }

  /** The links some cut holds now, each once. */
  links(): readonly FaultLink[] {
    return [...this.#holders.values()].map(({ link }) => link);
  }

  cut(links: readonly FaultLink[], flavour: CutFlavour): Cut {
    const token = {};
    for (const link of links) this.#hold(token, link, flavour);
    return {
      links,
      heal: () => {
        for (const link of links) this.#letGo(token, link);
        return Promise.resolve();
      },
    };
  }

  #hold(token: object, link: FaultLink, flavour: CutFlavour): void {
    const key = link.join('>');
    const held = this.#holders.get(key);
    if (held !== undefined) {
      held.cuts.add(token);
      return;
    }
    this.#holders.set(key, { link, cuts: new Set([token]) });
    this.#world.cut(...link, flavour);
  }

  #letGo(token: object, link: FaultLink): void {
    const key = link.join('>');
    const held = this.#holders.get(key);
    if (held?.cuts.delete(token) !== true || held.cuts.size > 0) return;
    this.#holders.delete(key);
    this.#world.heal(...link);
  }
}
