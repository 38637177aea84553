/** Does nothing; the Go server has it too. */
import { NoopStage } from '../stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';

export const noopToxic: ToxicKind = {
  type: 'noop',
  create: () => ({ attributes: {}, stage: (next) => new NoopStage(next) }),
};
