/** Proof that links which were late or narrow are so no more, also on a machine on which everything is late. */
import type { FaultLink } from '../checkers/history/fault.ts';
import { healedLinks, unshapedLinks } from './link-reach.ts';
import {
  type BreakableCluster,
  type DelayProbe,
  delayProbeBytes,
  type LinkShape,
  type ProbeResult,
} from './nemesis.ts';
import { spread } from './spread.ts';

/** So long a narrow link takes for what is asked of it a second time: no machine is ever so busy. */
const narrowMs = 200;
const controlsMax = 6;
const controlsMin = 3;
const controlTriesMax = 2;
/** How likely luck may make a link that is still shaped look healed. */
const doubtMax = 0.002;
/** Each connection is tried more than once at a time where there are few: a connection costs more than what is measured on it. */
const triesMax = 6;
const triesOfAll = 24;

/**
 * A link is healed when something on it was quicker than its shape ever is. Where a machine is so busy that nothing is, links are compared with
 * others that have no shape, at the same moment and over the same proxies: one that still has its shape is behind them by that every other time.
 */
export class HealedDelays {
  readonly #cluster: BreakableCluster;
  readonly #links: readonly FaultLink[];
  readonly #shape: LinkShape;
  readonly #asked = new Set<string>();
  /** Connections that were late and have not been otherwise since. */
  readonly #late = new Map<string, DelayProbe>();
  readonly #quick = new Map<string, FaultLink>();
  readonly #compared = new Map<string, { ahead: number; count: number }>();
  #asks = 0;

  /** `shape`: what the links had. */
  constructor(cluster: BreakableCluster, links: readonly FaultLink[], shape: LinkShape) {
    this.#cluster = cluster;
    this.#links = links;
    this.#shape = shape;
  }

  async ask(): Promise<ProbeResult> {
    const telling = healedLinks(this.#cluster, this.#links);
    const stillLate = this.#lateLinks();
    const open = telling.filter((link) => {
      const name = link.join('>');
      return !this.#asked.has(name) || stillLate.has(name);
    });
    const isFirst = this.#asks === 0;
    this.#asks += 1;
    const bytes = isFirst ? delayProbeBytes : this.#bytes();
    const controls = isFirst || open.length === 0 ? [] : this.#controls();
    const tries = isFirst ? 1 : Math.min(triesMax, Math.max(1, Math.floor(triesOfAll / open.length)));
    const asked = [...repeated(open, tries), ...repeated(controls, Math.min(tries, controlTriesMax))];
    const probes = await (bytes === delayProbeBytes
      ? this.#cluster.probeDelays(asked)
      : this.#cluster.probeDelays(asked, bytes));
    const isControl = ofLinks(controls);
    // What a dialler says waits until the proxy has dialled on: each kind of connection is compared with its own.
    const [bySenderMs, byReceiverMs] = [true, false].map((bySender) =>
      medianOf(
        probes.filter((one) => isControl(one) && isBySender(one) === bySender),
        controlsMin,
      ),
    );
    const unshapedMs = medianOf(probes.filter(isControl), controlsMin);
    const measured = probes.filter((one) => !isControl(one));
    for (const link of open) this.#asked.add(link.join('>'));
    for (const one of measured) this.#note(one, bytes, isBySender(one) ? bySenderMs : byReceiverMs);
    // One that is cut by now, or shaped anew, is another fault's.
    const late = [...this.#late.values()].filter(ofLinks(telling));
    return {
      proven: late.length === 0,
      proof: {
        links: open.length,
        medianMs: roundedMs(medianOf(measured, 1) ?? 0),
        ...(unshapedMs === undefined ? {} : { unshapedMs: roundedMs(unshapedMs) }),
        ...(late.length === 0
          ? {}
          : {
              otherwise: late.map(
                (one) => `${nameOf(one)} ${one.ms?.toFixed(1) ?? 'nothing'}${this.#soFar(one)}`,
              ),
            }),
      },
    };
  }

  #note(one: DelayProbe, bytes: number, controlMs: number | undefined): void {
    const name = nameOf(one);
    const { latencyMs = 0, jitterMs = 0, bytesPerMs = Number.POSITIVE_INFINITY } = this.#shape;
    const shortestMs = latencyMs + bytes / bytesPerMs;
    if (one.ms !== undefined && one.ms < shortestMs) this.#quick.set(name, [one.from, one.to]);
    else if (one.ms !== undefined && controlMs !== undefined) {
      const compared = this.#compared.get(name) ?? { ahead: 0, count: 0 };
      compared.count += 1;
      // Half of what its shape costs in the middle: one that has it is behind by more than that, mostly.
      if (one.ms - controlMs < (shortestMs + jitterMs / 2) / 2) compared.ahead += 1;
      this.#compared.set(name, compared);
      if (oddsOfHeads(compared.ahead, compared.count) < doubtMax) this.#quick.set(name, [one.from, one.to]);
    }
    if (this.#quick.has(name)) this.#late.delete(name);
    else this.#late.set(name, one);
  }

  #lateLinks(): ReadonlySet<string> {
    return new Set([...this.#late.values()].map(({ from, to }) => `${from}>${to}`));
  }

  #soFar(one: DelayProbe): string {
    const compared = this.#compared.get(nameOf(one));
    return compared === undefined ? '' : `, ${compared.ahead} of ${compared.count} times as it should be`;
  }

  /** As much as makes a narrow link late for certain. */
  #bytes(): number {
    return Math.max(delayProbeBytes, Math.ceil((this.#shape.bytesPerMs ?? 0) * narrowMs));
  }

  /** Links that nobody shaped, else those that proved to be healed. */
  #controls(): readonly FaultLink[] {
    const ours = new Set(this.#links.map((link) => link.join('>')));
    const others = unshapedLinks(this.#cluster).filter((link) => !ours.has(link.join('>')));
    const known = new Map([...this.#quick.values()].map((link) => [link.join('>'), link]));
    const late = this.#lateLinks();
    const usable = [...others, ...[...known].flatMap(([name, link]) => (late.has(name) ? [] : [link]))];
    return spread(usable, controlsMax);
  }
}

export function nameOf({ from, to, dialledBy }: DelayProbe): string {
  return `${from}>${to}${dialledBy === undefined ? '' : ` dialled by ${dialledBy}`}`;
}

export function roundedMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function isBySender({ from, dialledBy }: DelayProbe): boolean {
  return dialledBy === from;
}

function repeated(links: readonly FaultLink[], times: number): readonly FaultLink[] {
  return Array.from({ length: times }, () => links).flat();
}

function ofLinks(links: readonly FaultLink[]): (probe: DelayProbe) => boolean {
  const names = new Set(links.map((link) => link.join('>')));
  return ({ from, to }) => names.has(`${from}>${to}`);
}

/** Undefined of fewer than so many. */
export function medianOf(probes: readonly DelayProbe[], countMin: number): number | undefined {
  const measured = probes.flatMap(({ ms }) => (ms === undefined ? [] : [ms])).sort((a, b) => a - b);
  return measured.length < countMin ? undefined : measured[measured.length >> 1];
}

/** That a fair coin falls on heads so often, or more often. */
function oddsOfHeads(heads: number, tosses: number): number {
  let ways = 1;
  let odds = 0;
  for (let tails = 0; tails <= tosses - heads; tails += 1) {
    odds += ways / 2 ** tosses;
    ways = (ways * (tosses - tails)) / (tails + 1);
  }
  return odds;
}
