import type { WorkerEvents, WorkerThread } from './worker-thread.js';

interface Policy {
  createScriptURL(url: string): unknown;
}

/** The Trusted Types policy of this copy of the package, once there is one. */
let policy: Policy | undefined;

/** A worker's URL, as it is taken by pages that take only what a policy has made (Trusted Types). */
function trusted(url: string | URL): string {
  const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } };
  try {
    policy ??= trustedTypes?.createPolicy('countersign', { createScriptURL: (url) => url });
  } catch {
    // The page allows no such policy, or not a second one beside another copy's. It may take the URL as it is.
  }
  return (policy?.createScriptURL(String(url)) ?? url) as string;
}

/** Starts a worker where there are no worker_threads, as in browsers. @throws what the runtime throws when it refuses one at once. */
export function startWebWorker(
  source: string,
  workerUrl: string | URL | undefined,
  events: WorkerEvents,
): WorkerThread {
  const blobUrl =
    workerUrl === undefined ? URL.createObjectURL(new Blob([source], { type: 'text/javascript' })) : undefined;
  // Some browsers fetch the script only later, so that its URL is kept until the worker has said something.
  const release = () => blobUrl && URL.revokeObjectURL(blobUrl);
  const fail = (reason: unknown) => {
    release();
    events.onFailure(reason);
  };
  let worker: Worker;
  try {
    worker = new Worker(trusted(blobUrl ?? (workerUrl as string | URL)), { type: 'module', name: 'countersign-pow' });
  } catch (error) {
    release();
    throw error;
  }
  worker.onmessage = ({ data }) => {
    release();
    events.onMessage(data);
  };
  worker.onmessageerror = () => fail(new Error('A message of the worker could not be read.'));
  worker.onerror = (event) => {
    event.preventDefault();
    fail(new Error(event.message || 'The worker could not start.'));
  };
  return {
    transport: blobUrl ? 'web-worker' : 'worker-file',
    post: (message) => worker.postMessage(message),
    setRef: () => undefined,
    async terminate() {
      release();
      worker.terminate();
    },
  };
}
