/** What every kind of toxic tells about itself. One file per kind, `toxics/`; one registry, `toxic-registry.ts`. */
import type { Sink, Stage } from './stage.ts';

/** Whole numbers, named as in the HTTP API. Changed in place by an update, so that the stages see it. */
export type Attributes = { [name: string]: number };

export interface ToxicBehaviour {
  readonly attributes: Attributes;
  /** Its effect on one connection, from now on. */
  stage(next: Sink): Stage;
}

export interface ToxicKind {
  readonly type: string;
  /** Connections that live when it is removed are closed: also those it spared (toxicity), as in the Go server. */
  readonly closesWhenRemoved?: boolean;
  /** A connection that begins under it is closed with RST, whoever closes it. */
  readonly closesWithReset?: boolean;
  /** With all attributes zero. */
  create(): ToxicBehaviour;
}
