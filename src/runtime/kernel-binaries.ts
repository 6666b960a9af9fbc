import { scalar, simd } from '#kernels';

/** What a WebAssembly kernel is made of: bytes, or a module where bytes may not be compiled. */
export type KernelBinary = Uint8Array<ArrayBuffer> | WebAssembly.Module;

/** The kernels that `assembly/` was compiled to. */
export interface KernelBinaries {
  readonly simd: KernelBinary;
  readonly scalar: KernelBinary;
}

export function kernelBinaries(): KernelBinaries {
  return { simd: simd(), scalar: scalar() };
}
