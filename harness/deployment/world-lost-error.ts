/** The world under a run went away, with all hosts: nothing of it can be judged. */
export class WorldLostError extends Error {
  override readonly name = 'WorldLostError';
  readonly exitCode = 255;
}
