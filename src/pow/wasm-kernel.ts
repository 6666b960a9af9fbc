import { initialise, type Kernel, type KernelName } from './kernel.js';

const LANES = { simd: 4, scalar: 1 } as const;

/** A kernel of WebAssembly on a module that `assembly/` was compiled to. */
export async function wasmKernel(
  name: Exclude<KernelName, 'js'>,
  binary: BufferSource | WebAssembly.Module,
): Promise<Kernel> {
  const module = binary instanceof WebAssembly.Module ? binary : await WebAssembly.compile(binary);
  const { exports } = await WebAssembly.instantiate(module);
  const memory = new Int32Array((exports['memory'] as WebAssembly.Memory).buffer);
  const search = exports['search'] as Kernel['search'];
  initialise(memory, LANES[name]);
  return { name, lanes: LANES[name], memory, search };
}
