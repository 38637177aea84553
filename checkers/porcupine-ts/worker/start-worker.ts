/** One worker thread, in Node and in browsers alike. */
import type { Assignment, Report } from './messages.ts';

export interface StartedWorker {
  /** Ends it at once, whatever it does. */
  stop(): Promise<void>;
}

interface WebWorker {
  onmessage: ((event: { readonly data: Report }) => void) | null;
  onerror: ((event: { readonly message?: string }) => void) | null;
  postMessage(assignment: Assignment): void;
  terminate(): void;
}

// Compiled or straight from source, the worker's program lies beside this file with the same extension.
const program = new URL(
  import.meta.url.endsWith('.ts') ? './worker-main.ts' : './worker-main.js',
  import.meta.url,
);

export async function startWorker(
  assignment: Assignment,
  take: (report: Report) => void,
): Promise<StartedWorker> {
  const failed = (message: string): void => take({ kind: 'failed', message });
  const Web = (globalThis as { readonly Worker?: new (url: URL, options: { type: 'module' }) => WebWorker })
    .Worker;
  if (Web !== undefined) {
    const worker = new Web(program, { type: 'module' });
    worker.onmessage = ({ data }) => take(data);
    worker.onerror = ({ message }) => failed(message ?? 'the worker could not be started');
    worker.postMessage(assignment);
    return { stop: async () => worker.terminate() };
  }
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(program);
  worker.on('message', take);
  worker.on('error', (error: Error) => failed(error.message));
  worker.postMessage(assignment);
  return {
    async stop() {
      await worker.terminate();
    },
  };
}
