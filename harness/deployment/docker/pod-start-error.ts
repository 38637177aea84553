/** A host of a run that could not begin; its own words say why. */
export class PodStartError extends Error {
  override readonly name = 'PodStartError';
  readonly exitCode = 255;

  constructor(host: string, words: string, logFile: string) {
    super(
      `the host ${host} did not start: ${words.trim().split('\n').at(-1) ?? ''} (its log: ${logFile}). Nothing was tested; a busy machine may be too slow, so try again or with fewer runs beside it`,
    );
  }
}
