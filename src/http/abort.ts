// One listener a signal, however many calls share it: Node takes more than ten for a leak and warns of it.
const followed = new WeakMap<
  AbortSignal,
  { readonly controllers: Set<AbortController>; readonly onAbort: () => void }
>();

/**
 * Aborts `controller` with the signal's reason as soon as the signal aborts. Call what it returns to let go of the
 * signal, which may live much longer than one request.
 */
export function follow(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal === undefined) return () => {};
  if (signal.aborted) controller.abort(signal.reason);
  const { controllers, onAbort } = followed.get(signal) ?? listen(signal);
  controllers.add(controller);
  return () => {
    controllers.delete(controller);
    if (controllers.size > 0) return;
    followed.delete(signal);
    signal.removeEventListener('abort', onAbort);
  };
}

function listen(signal: AbortSignal) {
  const controllers = new Set<AbortController>();
  const onAbort = () => {
    for (const controller of controllers) controller.abort(signal.reason);
  };
  const entry = { controllers, onAbort };
  followed.set(signal, entry);
  signal.addEventListener('abort', onAbort, { once: true });
  return entry;
}

/** `promise`, or a rejection with the signal's own reason as soon as it aborts, whether or not `promise` notices. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
