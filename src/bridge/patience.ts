/**
 * Wait for a promise until a signal says that nobody wants it any more.
 *
 * @throws An `AbortError`, and whatever the promise rejects with.
 */
export function unlessAborted<T>(
  promise: Promise<T>,
  signal?: AbortSignal
): Promise<T> {
  if (!signal) {
    return promise;
  }
  return new Promise((resolve, reject) => {
    const onAbort = () =>
      reject(new DOMException('The request was aborted.', 'AbortError'));
    if (signal.aborted) {
      onAbort();
    }
    signal.addEventListener('abort', onAbort, { once: true });
    void promise
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * Wait for a promise so long and no longer.
 *
 * @param limit - In milliseconds.
 * @throws A `TimeoutError`, and whatever the promise rejects with.
 */
export function within<T>(limit: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new DOMException('It took too long.', 'TimeoutError')),
      limit
    );
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
