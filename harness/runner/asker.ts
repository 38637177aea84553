/** Who can ask a node. */
import type { RemotingClient } from '../../cluster/remoting/remoting-client.ts';

export type Asker = Pick<RemotingClient, 'request'>;
