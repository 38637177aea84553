/** A toxic on a proxy: its name, its place and its attributes, as the HTTP API shows them. */
import type { Sink, Stage } from './stage.ts';
import type { ToxicBehaviour, ToxicKind } from './toxic-kind.ts';

export type Direction = 'upstream' | 'downstream';

export interface ToxicJson {
  readonly attributes: Readonly<Record<string, number>>;
  readonly name: string;
  readonly type: string;
  readonly stream: string;
  readonly toxicity: number;
}

export class Toxic {
  readonly kind: ToxicKind;
  readonly name: string;
  readonly direction: Direction;
  /** The direction as it was spelt. */
  readonly stream: string;
  toxicity: number;
  readonly #behaviour: ToxicBehaviour;

  constructor(kind: ToxicKind, name: string, stream: string, direction: Direction, toxicity: number) {
    this.kind = kind;
    this.name = name;
    this.stream = stream;
    this.direction = direction;
    this.toxicity = toxicity;
    this.#behaviour = kind.create();
  }

  get attributes(): { [name: string]: number } {
    return this.#behaviour.attributes;
  }

  /** Drawn once per connection (and per update): does it act on this one? */
  drawsHit(): boolean {
    return Math.random() < this.toxicity;
  }

  stage(next: Sink): Stage {
    return this.#behaviour.stage(next);
  }

  toJson(): ToxicJson {
    return {
      attributes: this.attributes,
      name: this.name,
      type: this.kind.type,
      stream: this.stream,
      toxicity: this.toxicity,
    };
  }
}
