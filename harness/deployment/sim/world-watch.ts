/** For those who want to see everything: each event of the world, as it happens. Nobody watches an ordinary run. */

export interface WorldEvent {
  /** Virtual milliseconds since the world began. */
  readonly time: number;
  readonly kind: 'life' | 'timer' | 'net' | 'disk';
  /** The machine where it happens; 'n1*' is the harness's own process on it. */
  readonly node: string;
  /** Of the network: the other end. */
  readonly to?: string;
  readonly what: string;
}

export type WorldWatch = (event: WorldEvent) => void;
