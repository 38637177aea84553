/** Every judge that is held against a naive definition. */
import { fifoOracle, offsetsOracle, registerOracle, statesOracle } from './linearizable-oracles.ts';
import {
  delayOracle,
  duplicatesOracle,
  orderedOracle,
  totalQueueOracle,
  transactionOracle,
} from './message-oracles.ts';
import type { Comparison, Oracle } from './oracle.ts';
import { metadataOracle, sessionOracle } from './session-oracles.ts';
import { SmallRandom } from './small-random.ts';

export const oracles: readonly Oracle[] = [
  fifoOracle,
  totalQueueOracle,
  duplicatesOracle,
  orderedOracle,
  transactionOracle,
  delayOracle,
  offsetsOracle,
  registerOracle,
  statesOracle,
  metadataOracle,
  sessionOracle,
];

export interface OracleOutcome {
  readonly name: string;
  readonly histories: number;
  /** In how many the definition finds something wrong: neither none nor all, or the histories prove little. */
  readonly refused: number;
  readonly disagreements: readonly (Comparison & { readonly seed: number })[];
}

/** History `k` has the seed `seed + k`, so that one can be looked at again by itself. */
export function compareMany({ name, compare }: Oracle, seed: number, histories: number): OracleOutcome {
  const disagreements: (Comparison & { readonly seed: number })[] = [];
  let refused = 0;
  for (let k = 0; k < histories; k += 1) {
    const comparison = compare(new SmallRandom(Math.imul(seed + k, 0x9e3779b1)));
    if (comparison.naive !== '' && comparison.naive !== 'accepts' && comparison.naive !== '0') refused += 1;
    if (comparison.judged !== comparison.naive) disagreements.push({ seed: seed + k, ...comparison });
  }
  return { name, histories, refused, disagreements };
}
