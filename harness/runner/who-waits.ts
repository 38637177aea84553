/** Who waits for whom, in lines for people: the clients, the world, and the last words of the nodes concerned. */
import type { TraceEvent } from '../../checkers/history/replica-observation.ts';
import type { NotRecovered } from '../record/not-recovered.ts';
import { waitingText } from '../workload/clients-progress.ts';

const lastEvents = 5;
const fieldsLength = 160;

export function whoWaits(notRecovered: NotRecovered, trace: readonly TraceEvent[]): string {
  const { what, atNs, nodes, clients = [], world } = notRecovered;
  return [
    what,
    ...clients.map((client) => `waits: ${waitingText(client)}`),
    ...(world === undefined ? [] : [`the world:\n  ${world}`]),
    ...nodes.flatMap((node) => lastWords(node, atNs, trace)),
  ].join('\n');
}

function lastWords(node: string, atNs: number, trace: readonly TraceEvent[]): string[] {
  const own = trace.filter(
    // Told every half second, whatever happens.
    (event) => event.node === node && event.time <= atNs && event.event !== 'confirm',
  );
  const lines = own.slice(-lastEvents).map(({ time, node: _, event, ...fields }) => {
    const text = JSON.stringify(fields);
    const shown = text.length > fieldsLength ? `${text.slice(0, fieldsLength)}...` : text;
    return `  ${(time / 1e9).toFixed(3)} s ${event} ${shown}`;
  });
  return lines.length === 0 ? [] : [`last words of ${node}:`, ...lines];
}
