/** Waits for a predicate of the outside world, which tells nobody when it becomes true. */

const askAgainMs = 10;

export class WaitedInVainError extends Error {
  override readonly name = 'WaitedInVainError';
}

/** Asks at once and then again and again. An error of the predicate ends the wait with it. */
export async function waitFor(
  what: string,
  patienceMs: number,
  isTrue: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) {
      throw new WaitedInVainError(`waited ${patienceMs} ms in vain for ${what}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, askAgainMs);
    });
  }
}
