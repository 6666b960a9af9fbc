import type { KernelBinary } from '../runtime/kernel-binaries.js';
import { initialise, type Kernel, type KernelName } from './kernel.js';

const LANES = { simd: 4, scalar: 1 } as const;

/** A kernel of WebAssembly on a module that `assembly/` was compiled to. */
export async function wasmKernel(name: Exclude<KernelName, 'js'>, binary: KernelBinary): Promise<Kernel> {
  // Not by `instanceof`: Vercel's runtime and Next.js compile it in another realm.
  const module = 'BYTES_PER_ELEMENT' in binary ? await WebAssembly.compile(binary) : binary;
  const { exports } = await WebAssembly.instantiate(module);
  const memory = new Int32Array((exports['memory'] as WebAssembly.Memory).buffer);
  const search = exports['search'] as Kernel['search'];
  initialise(memory, LANES[name]);
  return { name, lanes: LANES[name], memory, search };
}
