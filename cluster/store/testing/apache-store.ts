/** The folder that Apache RocketMQ wrote, for tests. */
import type { Disk } from '../../runtime/disk.ts';

/** From the project's root, where tests run. */
export const APACHE_STORE = 'cluster/store/fixtures/apache-store';

/** A line of messages.jsonl. */
export interface ApacheMessage {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  readonly storeSize: number;
  readonly sysFlag: number;
  readonly flag: number;
  readonly bornTimestamp: number;
  readonly bornHost: string;
  readonly storeTimestamp: number;
  readonly storeHost: string;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  readonly bodyCRC: number;
  readonly bodyLength: number;
  readonly properties: Readonly<Record<string, string>>;
}

export function parseMessages(text: string): ApacheMessage[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ApacheMessage);
}

/** Copies a folder from one disk to another. */
export async function copyFolder(source: Disk, from: string, target: Disk, to: string): Promise<void> {
  await target.makeDirectory(to);
  for (const name of await source.list(from)) {
    const status = await source.status(`${from}/${name}`);
    if (status?.kind === 'directory') {
      await copyFolder(source, `${from}/${name}`, target, `${to}/${name}`);
      continue;
    }
    const input = await source.open(`${from}/${name}`);
    const output = await target.open(`${to}/${name}`, { create: true });
    await output.write(0, await input.read(0, status?.size ?? 0));
    await output.sync();
    await input.close();
    await output.close();
  }
}
