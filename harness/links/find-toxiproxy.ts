/** Where a real Toxiproxy server may be. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type FoundToxiproxy =
  | { readonly kind: 'found'; readonly path: string; readonly from: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** TOXIPROXY_BIN when it is set (then nothing else is tried), the PATH, the place where build-toxiproxy.sh puts it. */
export function findToxiproxy(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  projectFolder: string = process.cwd(),
): FoundToxiproxy {
  const named = environment['TOXIPROXY_BIN'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return { kind: 'found', path: named, from: 'TOXIPROXY_BIN' };
    return { kind: 'missing', reason: `TOXIPROXY_BIN names ${named}, which is no executable file` };
  }
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'toxiproxy-server');
    if (folder !== '' && isExecutable(path)) return { kind: 'found', path, from: 'PATH' };
  }
  const built = join(projectFolder, '.build', 'toxiproxy', 'toxiproxy-server');
  if (isExecutable(built)) return { kind: 'found', path: built, from: 'build-toxiproxy.sh' };
  return {
    kind: 'missing',
    reason:
      'no toxiproxy-server: TOXIPROXY_BIN is not set, none is on the PATH, and harness/links/build-toxiproxy.sh (needs Go) has not built one',
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
