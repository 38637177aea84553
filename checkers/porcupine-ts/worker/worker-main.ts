/** The program of a worker, in Node and in browsers: one assignment, reports, one result. */
import { checkOperations } from '../check.ts';
import type { Assignment, Report } from './messages.ts';
import { modelFromSource } from './model-from-source.ts';

interface Port {
  postMessage(report: Report): void;
  onMessage(take: (assignment: Assignment) => void): void;
}

const port = await portOfThisWorker();
port.onMessage((assignment) => {
  void work(assignment).then(
    (report) => port.postMessage(report),
    (error: unknown) =>
      port.postMessage({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});

async function work({ model: source, operations, options, reportsProgress }: Assignment): Promise<Report> {
  const model = await modelFromSource(source);
  const result = checkOperations(model, operations, {
    ...options,
    ...(reportsProgress
      ? { onProgress: (progress) => port.postMessage({ kind: 'progress', progress }) }
      : {}),
  });
  // Getters do not travel.
  const partitions = result.partitions.map(({ verdict, key, operations: part, linearizations }) => ({
    verdict,
    key,
    operations: part,
    linearizations,
  }));
  return { kind: 'done', result: { ...result, partitions } };
}

async function portOfThisWorker(): Promise<Port> {
  const scope = globalThis as unknown as {
    readonly process?: { readonly versions?: { readonly node?: string } };
    postMessage(report: Report): void;
    onmessage: ((event: { readonly data: Assignment }) => void) | undefined;
  };
  if (scope.process?.versions?.node !== undefined) {
    const { parentPort } = await import('node:worker_threads');
    if (parentPort === null) throw new Error('worker-main is started as a worker only');
    return {
      postMessage: (report) => parentPort.postMessage(report),
      onMessage: (take) => parentPort.once('message', take),
    };
  }
  return {
    postMessage: (report) => scope.postMessage(report),
    onMessage: (take) => {
      scope.onmessage = ({ data }) => take(data);
    },
  };
}
