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
