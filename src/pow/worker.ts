// The whole of a worker: it makes its kernels once, then answers one slice after the other. It knows of no job, no
// deadline and no other worker; all of that is the pool's.
import { builtinModule } from '../runtime/builtin.js';
import { type KernelSet, loadKernels } from './kernel-set.js';
import type { FromWorker, ToWorker } from './protocol.js';
import { searchSlice } from './search.js';

interface Port {
  postMessage(message: FromWorker): void;
  addEventListener?(type: 'message', listener: (event: { data: ToWorker }) => void): void;
  on?(type: 'message', listener: (message: ToWorker) => void): void;
}

const parent = builtinModule<typeof import('node:worker_threads')>('node:worker_threads')?.parentPort as
  | Port
  | null
  | undefined;
const port: Port = parent ?? (globalThis as unknown as Port);

let kernels: KernelSet['kernels'];

async function receive(message: ToWorker): Promise<void> {
  if (message.type === 'start') {
    const set = await loadKernels(message.binaries, message.best);
    kernels = set.kernels;
    port.postMessage({ type: 'ready', report: set.report });
    return;
  }
  const start = performance.now();
  const result = searchSlice(kernels.get(message.kernel)!, message.puzzle, message.slice);
  port.postMessage({ type: 'result', result, elapsedMs: performance.now() - start });
}

if (parent?.on) parent.on('message', (message) => void receive(message));
else port.addEventListener?.('message', ({ data }) => void receive(data));
