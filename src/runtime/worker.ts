import { builtinModule } from './builtin.js';

/** How a worker was started: a worker_thread, a Web Worker from our own source, or a file that the application hosts. */
export type WorkerTransport = 'worker-thread' | 'web-worker' | 'worker-file';

/** A thread that takes and gives messages, the same on every runtime. */
export interface WorkerThread {
  readonly transport: WorkerTransport;
  post(message: unknown): void;
  /** Lets a running process wait for the worker, or end without it. */
  setRef(needed: boolean): void;
  /** Resolves when the thread is gone, as far as the runtime tells. */
  terminate(): Promise<void>;
}

export interface WorkerEvents {
  onMessage(message: unknown): void;
  /** The worker could not start, threw, or ended. It is of no more use. */
  onFailure(reason: unknown): void;
}

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

function startWebWorker(source: string, workerUrl: string | URL | undefined, events: WorkerEvents): WorkerThread {
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
    worker = new Worker(blobUrl ?? (workerUrl as string | URL), { type: 'module', name: 'countersign-pow' });
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
