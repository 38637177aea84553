/**
 * One sentence that a broker engineer can act on: the operations that show an anomaly, who answered them under which epoch, and what happened to the
 * cluster between them.
 */
import type { Anomaly } from '../anomaly.ts';
import { seconds } from '../history/interval.ts';
import { brokerAt, type ClusterStory, type StoryEvent } from './cluster-story.ts';

/** An operation as far as sentences need it. Times in nanoseconds. */
export interface OperationFacts {
  readonly index: number;
  readonly f: string;
  readonly type: 'ok' | 'fail' | 'info';
  readonly process: number;
  readonly queue: string;
  /** The broker that was asked; '' where nobody knows. */
  readonly node: string;
  readonly call: number;
  /** Undefined: no answer ever came. */
  readonly ret: number | undefined;
  /** '"t1/2" @118', 'from 12: 3, "a" to "c"', ... */
  readonly text: string;
}

const eventsMax = 8;
const operationsMax = 6;
/** How long before and after a moment without operations events are told of. */
const aroundNs = 3e9;

/** Undefined where neither operations nor a moment are known. */
export function explainAnomaly(
  anomaly: Anomaly,
  operations: readonly OperationFacts[],
  story: ClusterStory,
  endNs: number,
): string | undefined {
  const shown = operations.slice(0, operationsMax);
  const [first] = shown;
  if (first === undefined) {
    if (anomaly.at === undefined) return undefined;
    const near = story.between(anomaly.at - aroundNs, anomaly.at + aroundNs);
    const own = near.filter(({ node }) => anomaly.nodes?.includes(node) ?? true);
    return own.length === 0 ? undefined : joined(pick(own, []));
  }
  const told = shown.flatMap((operation) => clausesOf(operation, story));
  const from = Math.min(...shown.map(({ call }) => call));
  // One operation alone shows what was promised: how it was broken comes after it.
  const to = shown.length === 1 ? endNs : Math.max(...shown.map(({ call, ret }) => ret ?? call));
  const brokers = shown.map(({ node }) => node);
  return joined([...told, ...pick(story.between(from, to), brokers)]);
}

function joined(events: readonly StoryEvent[]): string {
  return [...events]
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${text} at ${seconds(at)}`)
    .join('; ');
}

/** The first few; cuts of logs and new masters before all else, those of the brokers in question first. */
function pick(events: readonly StoryEvent[], brokers: readonly string[]): StoryEvent[] {
  const weight = ({ text, node }: StoryEvent) =>
    (text.includes(' started') && !text.includes('master') ? 2 : 0) + (brokers.includes(node) ? 0 : 1);
  return [...events].sort((a, b) => weight(a) - weight(b) || a.at - b.at).slice(0, eventsMax);
}

/** At the moment of its answer; where there was none, of its question. */
function clausesOf(operation: OperationFacts, story: ClusterStory): StoryEvent[] {
  const { index, f, type, process, queue, node, call, ret, text } = operation;
  const by = brokerAt(story, node, ret ?? call);
  const link = ret === undefined ? `(#op=${index})` : `(asked at ${seconds(call)}, #op=${index})`;
  const at = ret ?? call;
  const tell = (what: string): StoryEvent[] => [{ at, node, text: `${what} ${link}` }];
  if (ret === undefined)
    return tell(
      `process ${process} began ${f} ${text} on ${queue}, asked ${node || 'a broker'} and never got an answer`,
    );
  if (f === 'send') {
    const [message = '', offset] = splitOffset(text);
    if (type === 'ok') return tell(`${message} was acknowledged by ${by} as ${queue}@${offset ?? '?'}`);
    const [, sent = text, reason = ''] = /^(".*") (.+)$/.exec(text) ?? [];
    const outcome =
      type === 'fail' ? `was refused by ${by}` : `got no certain answer${node === '' ? '' : ` from ${by}`}`;
    return tell(`the send of ${sent} to ${queue} ${outcome}${reason === '' ? '' : `, "${reason}"`}`);
  }
  if (type !== 'ok') return tell(`${f} of ${queue} ${text} got no answer from ${by}`);
  if (f.endsWith('max-offset') || f.endsWith('min-offset'))
    return tell(`${by} said that ${queue} ${f.endsWith('min-offset') ? 'begins' : 'ends'} at ${text}`);
  return tell(`${by} answered a pull of ${queue} ${text}`);
}

function splitOffset(text: string): [string, string | undefined] {
  const at = text.lastIndexOf(' @');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 2)];
}
