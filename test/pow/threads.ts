import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, vi } from 'vitest';

type Threads = typeof import('node:worker_threads');

/** What a test sees of one worker_thread of a pool, and the faults it can have. */
export interface RecordedThread {
  readonly worker: Worker;
  /** Names of the questions that it was asked, such as `slice`. */
  readonly asked: string[];
  exited: boolean;
  /** Slices that it was asked for and has not answered. */
  busy: number;
  /** From now on nothing that it says arrives. */
  muted: boolean;
}

export interface ThreadLog {
  readonly all: RecordedThread[];
  /** The first byte of the tail of each slice's prefix, in the order of asking: tests name their jobs by it. */
  readonly slices: string[];
  /** Threads that were busy at once, at most. */
  readonly mostBusy: number;
  readonly alive: RecordedThread[];
}

/**
 * From here to the end of the test, every worker_thread that our code starts is a real one that is watched. `onStart`
 * may mute it, kill it, or throw, as a runtime does that allows no more threads.
 */
export function recordThreads(onStart: (thread: RecordedThread, count: number) => void = () => {}): ThreadLog {
  const original = process.getBuiltinModule;
  const threads = original('node:worker_threads') as Threads;
  const log = {
    all: [] as RecordedThread[],
    slices: [] as string[],
    mostBusy: 0,
    get alive() {
      return log.all.filter(({ exited }) => !exited);
    },
  };
  class RecordedWorker extends threads.Worker {
    readonly #thread: RecordedThread;

    constructor(...args: ConstructorParameters<Threads['Worker']>) {
      super(...args);
      this.#thread = { worker: this, asked: [], exited: false, busy: 0, muted: false };
      log.all.push(this.#thread);
      this.on('exit', () => {
        this.#thread.exited = true;
        this.#thread.busy = 0;
      });
      try {
        onStart(this.#thread, log.all.length);
      } catch (error) {
        void this.terminate();
        throw error;
      }
    }

    // biome-ignore lint/suspicious/noExplicitAny: whatever is posted
    override postMessage(message: any): void {
      this.#thread.asked.push(message.type);
      if (message.type === 'slice') {
        this.#thread.busy++;
        log.slices.push(String.fromCharCode(message.puzzle.tail[0]));
        log.mostBusy = Math.max(log.mostBusy, log.alive.filter(({ busy }) => busy > 0).length);
      }
      super.postMessage(message);
    }

    // biome-ignore lint/suspicious/noExplicitAny: as in node:events
    override emit(event: any, ...args: any[]): boolean {
      if (event === 'message') {
        if (this.#thread.muted) return false;
        if (args[0].type === 'slice') this.#thread.busy--;
      }
      return super.emit(event, ...(args as []));
    }
  }
  const spy = vi
    .spyOn(process, 'getBuiltinModule')
    .mockImplementation(((name: string) =>
      name === 'node:worker_threads' ? { ...threads, Worker: RecordedWorker } : original(name)) as typeof original);
  onTestFinished(() => spy.mockRestore());
  return log;
}

/** `expect.poll` with patience for a machine that is busy. */
export const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000, interval: 10 });
