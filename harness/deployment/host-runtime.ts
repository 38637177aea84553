/** The harness at a host of real machines: that host's names, its clock and its network, from this process. */
import { HostsTable } from '../../cluster/runtime/os/hosts-table.ts';
import { createOsRuntime, type OsRuntime } from '../../cluster/runtime/os/os-runtime.ts';
import type { ClusterPlan, OpenOptions } from './deployment.ts';

export function hostRuntime(
  name: string,
  table: readonly string[],
  plan: Pick<ClusterPlan, 'seededBugs'>,
  options: Pick<OpenOptions, 'log'>,
): OsRuntime {
  return createOsRuntime({
    nodeId: name,
    hosts: HostsTable.parse(table.join('\n'), `hosts table of ${name}`),
    seededBugs: plan.seededBugs,
    print: (line) => options.log(`${name}: ${line}`),
    die: (error) => {
      throw error;
    },
  });
}
