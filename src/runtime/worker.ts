import { builtinModule } from './builtin.js';
import { startWebWorker } from './web-worker.js';
import type { WorkerEvents, WorkerThread } from './worker-thread.js';

/** Whether this runtime has workers at all; one may still fail to start. */
export function hasWorkers(): boolean {
  return nodeThreads() !== undefined || typeof globalThis.Worker === 'function';
}

/**
 * Starts a worker from its source text, or from `workerUrl` where the application hosts the file itself.
 *
 * @throws whatever the runtime throws when it refuses one at once; later refusals arrive at `onFailure`.
 */
export function startWorker(source: string, workerUrl: string | URL | undefined, events: WorkerEvents): WorkerThread {
  const Thread = nodeThreads();
  return Thread ? startThread(Thread, source, workerUrl, events) : startWebWorker(source, workerUrl, events);
}

type ThreadConstructor = typeof import('node:worker_threads').Worker;

function nodeThreads(): ThreadConstructor | undefined {
  return builtinModule<typeof import('node:worker_threads')>('node:worker_threads')?.Worker;
}

function startThread(
  Thread: ThreadConstructor,
  source: string,
  workerUrl: string | URL | undefined,
  events: WorkerEvents,
): WorkerThread {
  const url = new URL(workerUrl ?? `data:text/javascript,${encodeURIComponent(source)}`);
  // The thread needs nothing of the process: no environment, which may hold secrets, and no flags such as loaders.
  const thread = new Thread(url, { env: {}, execArgv: [], name: 'countersign-pow' });
  thread.unref();
  thread.on('message', events.onMessage);
  thread.on('messageerror', events.onFailure);
  thread.on('error', events.onFailure);
  thread.on('exit', (code) => events.onFailure(new Error(`The worker ended with code ${code}.`)));
  return {
    transport: workerUrl === undefined ? 'worker-thread' : 'worker-file',
    post: (message) => thread.postMessage(message),
    setRef: (needed) => (needed ? thread.ref() : thread.unref()),
    terminate: async () => void (await thread.terminate()),
  };
}
