/** A stranger who dials ports and sends garbage, and notes which connections were not closed that should have been. */
import type { HostPort } from '../../cluster/runtime/network.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';
import type { Batch, Garbage } from './garbage.ts';

export interface Port extends HostPort {
  readonly speaks: 'remoting' | 'ha';
}

const connectTimeoutMs = 1000;
/** So long a stranger waits for the answer to a malformed batch, and listens to answers else. */
const closeWithinMs = 1000;
const listenMs = 20;

export class Attack {
  readonly #runtime: Runtime;
  readonly #garbage: Garbage;
  /** Inputs sent, by port number. */
  readonly inputs = new Map<number, number>();
  malformed = 0;
  /** Malformed ones whose connection stayed open. */
  readonly unclosed: string[] = [];

  constructor(runtime: Runtime, garbage: Garbage) {
    this.#runtime = runtime;
    this.#garbage = garbage;
  }

  inputCount(): number {
    return [...this.inputs.values()].reduce((sum, count) => sum + count, 0);
  }

  /** One connection. Resolves when it is over, whoever closed it. */
  async strike(port: Port): Promise<void> {
    const batch = port.speaks === 'ha' ? this.#garbage.ha() : this.#garbage.remoting();
    const isClosed = await this.#deliver(port, batch);
    this.inputs.set(port.port, (this.inputs.get(port.port) ?? 0) + batch.inputs);
    if (!batch.isMalformed) return;
    this.malformed += 1;
    if (!isClosed) {
      const shown = Buffer.from(batch.bytes.subarray(-400)).toString('base64');
      this.unclosed.push(`${port.host}:${port.port} ... ${shown}`);
    }
  }

  async #deliver(port: Port, { bytes, isMalformed }: Batch): Promise<boolean> {
    const { network, clock } = this.#runtime;
    const stream = await network.connect(port, connectTimeoutMs);
    return new Promise((resolve) => {
      let isOurs = false;
      const timer = clock.after(isMalformed ? closeWithinMs : listenMs, () => {
        isOurs = true;
        stream.destroy();
      });
      stream.handle({
        data: () => undefined,
        close: () => {
          timer.cancel();
          resolve(!isOurs);
        },
      });
      stream.write(bytes);
    });
  }
}
