/**
 * Host names of a run, per source host.
 *
 * A line is `address name [name...]`, as in /etc/hosts, or `name:port address:port` where one address must serve many hosts;
 * '#' starts a comment.
 */
import type { HostPort } from '../network.ts';

export class HostsTableError extends Error {
  override readonly name = 'HostsTableError';
}

export class HostsTable {
  readonly #addresses = new Map<string, string>();
  readonly #ports = new Map<string, HostPort>();

  /** Names that the table does not know stay as they are: numeric addresses, and names the system resolves. */
  resolve(target: HostPort): HostPort {
    const mapped = this.#ports.get(`${target.host}:${target.port}`);
    if (mapped !== undefined) return mapped;
    const host = this.#addresses.get(target.host);
    return host === undefined ? target : { host, port: target.port };
  }

  add(line: string, source: string): void {
    const text = line.replace(/#.*/, '').trim();
    if (text === '') return;
    const [first = '', ...rest] = text.split(/\s+/);
    const byPort = /^(.+):(\d+)$/.exec(first);
    const target = /^(.+):(\d+)$/.exec(rest[0] ?? '');
    if (byPort !== null && target !== null && rest.length === 1) {
      this.#ports.set(first, { host: target[1] ?? '', port: Number(target[2]) });
      return;
    }
    if (rest.length === 0 || byPort !== null) {
      throw new HostsTableError(
        `${source}: wanted "address name..." or "name:port address:port", got "${text}"`,
      );
    }
    for (const name of rest) this.#addresses.set(name, first);
  }

  static parse(text: string, source: string): HostsTable {
    const table = new HostsTable();
    for (const [index, line] of text.split('\n').entries()) table.add(line, `${source}:${index + 1}`);
    return table;
  }
}
