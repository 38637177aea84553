/** A bare master with two bare slaves, as processes. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { osClock } from '../../../cluster/runtime/os/os-clock.ts';
import { type ChildProcess, startChild } from '../../deployment/process/child-process.ts';
import { RunRegistry } from '../../deployment/process/run-registry.ts';
import { awaitCondition } from '../../runner/await-condition.ts';

export class BareCluster {
  readonly port: number;
  readonly registry: RunRegistry;
  readonly #children: ReadonlyMap<string, ChildProcess>;
  readonly #files: readonly string[];

  private constructor(
    port: number,
    registry: RunRegistry,
    children: ReadonlyMap<string, ChildProcess>,
    files: readonly string[],
  ) {
    this.port = port;
    this.registry = registry;
    this.#children = children;
    this.#files = files;
  }

  static async open(folder: string): Promise<BareCluster> {
    const registry = new RunRegistry();
    const children = new Map<string, ChildProcess>();
    const files: string[] = [];
    const ports = await freePorts(3);
    const [masterPort = 0, ...slavePorts] = ports;
    const start = async (name: string, args: readonly string[]): Promise<void> => {
      const logFile = join(folder, `bare-${name}.log`);
      writeFileSync(logFile, '');
      const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
      const program = fileURLToPath(new URL(`./bare-node.${extension}`, import.meta.url));
      const child = startChild({
        file: process.execPath,
        args: [program, ...args],
        environment: registry.environment,
        logFile,
      });
      registry.add(child);
      children.set(name, child);
      await awaitCondition(`bare ${name}`, { clock: osClock, limitMs: 10_000 }, () => {
        const text = readFileSync(logFile, 'utf8');
        if (child.exited !== undefined) throw new Error(`bare ${name} ended: ${child.exited}\n${text}`);
        return Promise.resolve(text.includes('ready') ? undefined : 'it is not ready');
      });
    };
    const file = (name: string): string => {
      files.push(join(folder, `bare-${name}.data`));
      return join(folder, `bare-${name}.data`);
    };
    const cluster = new BareCluster(masterPort, registry, children, files);
    try {
      for (const [at, port] of slavePorts.entries())
        await start(`slave ${at + 1}`, ['slave', String(port), file(`slave-${at + 1}`)]);
      await start('master', ['master', String(masterPort), file('master'), ...slavePorts.map(String)]);
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  get nodes(): readonly string[] {
    return [...this.#children.keys()];
  }

  pid(node: string): number {
    return this.#children.get(node)?.pid ?? -1;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.kill()));
    this.registry.close();
    for (const file of this.#files) rmSync(file, { force: true });
  }
}

/** Of 127.0.0.1; free a moment ago. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address !== null && typeof address === 'object') ports.push(address.port);
  }
  for (const server of servers) server.close();
  return ports;
}
