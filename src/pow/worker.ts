/**
 * The whole of a worker: it makes its kernels once, then answers one slice after the other. It knows of no job, no
 * deadline and no other worker; all of that is the pool's.
 *
 * Normally it is started from its own source. A page whose content security policy allows no `blob:` workers hosts this
 * file instead (`dist/pow/worker.js` of the package: one file that imports nothing), best at the page's own origin, and
 * says where: `createSolver({ workerUrl: '/assets/countersign-worker.js' })`. The kernels come by message. Send the file
 * with a policy that has `'wasm-unsafe-eval'`, or only plain JavaScript runs in it; it must be of the same version as the
 * package that starts it.
 *
 * @module
 */
import { builtinModule } from '../runtime/builtin.js';
import { systemClock } from '../runtime/clock.js';
import { nextTask } from '../runtime/task.js';
import { calibrate } from './calibrate.js';
import { type KernelSet, loadKernels } from './kernel-set.js';
import type { Answer, Request } from './protocol.js';
import { searchSlice } from './search.js';

interface Parent {
  postMessage(answer: Answer): void;
  on?(type: 'message', listener: (request: Request) => void): void;
  addEventListener?(type: 'message', listener: (event: { data: Request }) => void): void;
}

const threads = builtinModule<typeof import('node:worker_threads')>('node:worker_threads');
// A port of Node or the worker's own global: neither type is that of the other's runtime.
const parent = (threads?.parentPort ?? globalThis) as unknown as Parent;

const QUIET_MS = 30;

let set: KernelSet;
let lastSliceAt = -QUIET_MS;

/** Until the next message was seen, and no slice was asked for in a while. */
async function quiet(): Promise<void> {
  await nextTask();
  while (performance.now() - lastSliceAt < QUIET_MS) await systemClock.sleep(QUIET_MS / 3);
}

async function answer(request: Request): Promise<Answer> {
  switch (request.type) {
    case 'start':
      set = await loadKernels(request.binaries);
      return { type: 'start', value: set.report };
    case 'calibrate':
      return { type: 'calibrate', value: await calibrate(set, quiet) };
    case 'slice': {
      const start = performance.now();
      const result = searchSlice(set.kernels.get(request.kernel)!, request.puzzle, request.slice);
      lastSliceAt = performance.now();
      return { type: 'slice', value: { ...result, elapsedMs: lastSliceAt - start } };
    }
  }
}

const receive = async (request: Request) => parent.postMessage(await answer(request));

if (parent.on) parent.on('message', receive);
else parent.addEventListener?.('message', ({ data }) => receive(data));
