/** Why a server cannot listen, for people. */
import { UsageError } from '../usage-error.ts';

export function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): UsageError {
  const cause = { cause: error };
  if (error.code === 'EADDRINUSE')
    return new UsageError(
      `--port: ${port} is in use on ${host}; choose another, or 0 for any free one`,
      cause,
    );
  if (error.code === 'EACCES')
    return new UsageError(`--port: ${port} may not be used by you; choose one above 1023`, cause);
  return new UsageError(`--host: cannot listen on ${host}: ${error.message}`, cause);
}
