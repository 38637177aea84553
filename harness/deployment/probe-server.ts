/** Does a server answer at all? Asked for what none knows, so that each can say so at once. */
import { RemotingClient } from '../../cluster/remoting/remoting-client.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';

const unknownRequestCode = 59_999;

/** `from`: whose names and links are used. */
export async function probeServer(from: Runtime, address: string, patienceMs: number): Promise<boolean> {
  const client = new RemotingClient(from, { connectTimeoutMs: patienceMs });
  try {
    await client.request(address, { code: unknownRequestCode }, patienceMs);
    return true;
  } catch {
    return false;
  } finally {
    client.stop();
  }
}
