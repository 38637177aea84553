/** One producer with so many messages in flight: for a while, or until so many are stored. Started by `runLoad`. */
import { Producer } from '../../cluster/client/producer.ts';
import type { SendOutcome } from '../../cluster/client/send-outcome.ts';
import { createOsRuntime } from '../../cluster/runtime/os/os-runtime.ts';
import { report } from './load-report.ts';

export interface ProducerLoadSettings {
  readonly hostsFile: string;
  readonly nameServers: string;
  readonly topic: string;
  readonly bodyBytes: number;
  readonly inFlight: number;
  /** Not measured. */
  readonly warmUpMs: number;
  /** Ends the load, whichever comes first. */
  readonly durationMs: number;
  readonly messagesMax: number;
  /** Measures each send: for a sender that waits for its answers. */
  readonly latencies: boolean;
  /** Of the producer's. */
  readonly autoBatch: boolean;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as ProducerLoadSettings;
const runtime = createOsRuntime({ nodeId: 'load', hostsFile: settings.hostsFile, seededBugs: [] });
const producer = new Producer(runtime, {
  producerGroup: 'bench',
  nameservers: settings.nameServers.split(';'),
  retryUnknown: false,
  autoBatch: settings.autoBatch,
});
const body = Buffer.alloc(settings.bodyBytes, 'x');
const message = { topic: settings.topic, body };
const latenciesMs: number[] = [];
let acknowledged = 0;
let failed = 0;
let open = 0;
let lastFailure = '';
let phase: 'warming' | 'measuring' | 'ending' = 'warming';
const startMs = performance.now();
if (settings.warmUpMs === 0) begin();
for (let sent = 0; sent < settings.inFlight; sent += 1) send();

function send(): void {
  open += 1;
  const sentMs = performance.now();
  producer.send(message, (outcome) => answered(outcome, sentMs));
}

function answered(outcome: SendOutcome, sentMs: number): void {
  open -= 1;
  const nowMs = performance.now();
  if (outcome.kind === 'ok') {
    acknowledged += 1;
    if (settings.latencies && phase === 'measuring') latenciesMs.push(nowMs - sentMs);
  } else {
    failed += 1;
    lastFailure = outcome.reason;
  }
  const elapsedMs = nowMs - startMs;
  if (phase === 'warming' && elapsedMs >= settings.warmUpMs) begin();
  const isOver =
    elapsedMs >= settings.warmUpMs + settings.durationMs || acknowledged + open >= settings.messagesMax;
  if (phase === 'measuring' && elapsedMs >= settings.warmUpMs + settings.durationMs) end();
  if (!isOver) send();
  else if (open === 0) {
    end();
    void close();
  }
}

function begin(): void {
  phase = 'measuring';
  report('begin', acknowledged);
}

function end(): void {
  if (phase === 'ending') return;
  phase = 'ending';
  report('end', acknowledged, { failed, ...(settings.latencies ? { latenciesMs } : {}) });
}

async function close(): Promise<void> {
  if (failed > 0)
    process.stderr.write(`producer-load: ${failed} sends failed, the last one: ${lastFailure}\n`);
  producer.stop();
  await runtime.close();
}
