/** Runs asynchronous tasks one after another, in the order they were handed in. */
export class RunInOrder {
  #tail: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the task does; a failed task does not stop the ones behind it. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
