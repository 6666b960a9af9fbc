import { hash } from 'node:crypto';
import type { Kernel, KernelName } from '../../src/pow/kernel.js';
import { loadKernels } from '../../src/pow/kernel-set.js';
import { layouts } from '../../src/pow/layout.js';
import { puzzleOf } from '../../src/pow/puzzle.js';
import { type Slice, searchSlice, solutions } from '../../src/pow/search.js';
import { kernelBinaries } from '../../src/runtime/kernel-binaries.js';

export const KERNELS: readonly KernelName[] = ['simd', 'scalar', 'js'];

/** The kernels of this thread, all three: a machine without one of them cannot run these tests. */
export const kernels: ReadonlyMap<KernelName, Kernel> = (await loadKernels(kernelBinaries())).kernels;

export function kernel(name: KernelName): Kernel {
  return kernels.get(name)!;
}

/** The digest by an implementation that is not ours. */
export function digestOf(prefix: Uint8Array, nonce: string): Buffer {
  return hash('sha256', Buffer.concat([prefix, Buffer.from(nonce, 'ascii')]), 'buffer');
}

/** Leading zero bits, counted on the number as the contract words it. */
export function zeroBits(digest: Buffer): number {
  return (
    256 -
    BigInt(`0x${digest.toString('hex')}`)
      .toString(2)
      .replace(/^0$/, '').length
  );
}

/** Solves without a pool: slices of growing size until one has a nonce. */
export function solveHere(name: KernelName, prefix: Uint8Array, difficulty: number): string {
  const puzzle = puzzleOf(prefix, difficulty);
  for (const layout of layouts(puzzle.tail.length)) {
    const step = Math.max(1, Math.floor(50_000 / 10 ** layout.varying));
    for (let firstRow = 0; firstRow < layout.rows; firstRow += step) {
      const rows = Math.min(step, layout.rows - firstRow);
      const { nonce } = searchSlice(kernel(name), puzzle, { layout, firstRow, rows });
      if (nonce !== undefined) return nonce;
    }
  }
  throw new Error('no nonce');
}

/** Every solution of a slice, and how many hashes it had. */
export function allSolutions(name: KernelName, prefix: Uint8Array, difficulty: number, slice: Slice) {
  const nonces: string[] = [];
  const found = solutions(kernel(name), puzzleOf(prefix, difficulty), slice);
  for (let next = found.next(); ; next = found.next()) {
    if (next.done) return { nonces, hashes: next.value.hashes };
    nonces.push(next.value.nonce!);
  }
}
