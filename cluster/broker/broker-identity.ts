/**
 * Which replica of its group a broker is: the id that the controller gave it, kept for good.
 *
 * brokerIdentity      = cluster '#' brokerName '#' brokerId
 * brokerIdentity-temp = cluster '#' brokerName '#' brokerId '#' checkCode      (while the id is applied for)
 */
import { Buffer } from 'node:buffer';
import { parentOf } from '../runtime/durable-folder.ts';
import { readWholeFile, replaceFile } from '../runtime/replace-file.ts';
import type { Runtime } from '../runtime/runtime.ts';

export interface BrokerIdentity {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
}

/** An id that was asked for: a retry with the same check code is given the same id again. */
export interface BrokerIdentityBid extends BrokerIdentity {
  readonly checkCode: string;
}

/** The files in the store folder belong to another broker than the configuration says, or are damaged. */
export class BrokerIdentityError extends Error {
  override readonly name = 'BrokerIdentityError';
}

export class BrokerIdentityFiles {
  readonly #runtime: Runtime;
  readonly #path: string;
  readonly #owner: { readonly clusterName: string; readonly brokerName: string };

  constructor(runtime: Runtime, path: string, owner: { clusterName: string; brokerName: string }) {
    this.#runtime = runtime;
    this.#path = path;
    this.#owner = owner;
  }

  /** Undefined before the first registration. */
  async identity(): Promise<BrokerIdentity | undefined> {
    const parts = await this.#read(this.#path, 3);
    return parts === undefined ? undefined : this.#checked(this.#path, parts);
  }

  async bid(): Promise<BrokerIdentityBid | undefined> {
    const path = `${this.#path}-temp`;
    const parts = await this.#read(path, 4);
    if (parts === undefined) return undefined;
    return { ...this.#checked(path, parts), checkCode: parts[3] ?? '' };
  }

  async keepBid(brokerId: number, checkCode: string): Promise<void> {
    await this.#write(`${this.#path}-temp`, `${this.#owned(brokerId)}#${checkCode}`);
  }

  async dropBid(): Promise<void> {
    const path = `${this.#path}-temp`;
    await this.#runtime.disk.remove(path);
    await this.#runtime.disk.syncDirectory(parentOf(path));
  }

  async keep(brokerId: number): Promise<void> {
    await this.#write(this.#path, this.#owned(brokerId));
    await this.dropBid();
  }

  #owned(brokerId: number): string {
    return `${this.#owner.clusterName}#${this.#owner.brokerName}#${brokerId}`;
  }

  async #write(path: string, text: string): Promise<void> {
    await replaceFile(this.#runtime.disk, path, Buffer.from(text, 'utf8'));
  }

  async #read(path: string, partCount: number): Promise<readonly string[] | undefined> {
    const bytes = await readWholeFile(this.#runtime.disk, path);
    if (bytes === undefined) return undefined;
    const text = Buffer.from(bytes).toString('utf8').trim();
    const parts = text.split('#');
    if (parts.length !== partCount || !/^[0-9]+$/.test(parts[2] ?? '')) {
      throw new BrokerIdentityError(
        `${path}: wanted cluster#brokerName#brokerId, got "${text}"; restore the file, or clean this broker from the controller and empty its store folder`,
      );
    }
    return parts;
  }

  #checked(path: string, parts: readonly string[]): BrokerIdentity {
    const [clusterName = '', brokerName = '', brokerId] = parts;
    if (clusterName !== this.#owner.clusterName || brokerName !== this.#owner.brokerName) {
      throw new BrokerIdentityError(
        `${path}: wanted the store of ${this.#owner.clusterName}/${this.#owner.brokerName}, found that of ${clusterName}/${brokerName}; set another storePathRootDir or the names of that store`,
      );
    }
    return { clusterName, brokerName, brokerId: Number(brokerId) };
  }
}
