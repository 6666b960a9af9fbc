import { builtinModule } from './builtin.js';

/** How many threads can run at once, as far as the runtime tells; at least 1. */
export function coreCount(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  const count =
    navigator?.hardwareConcurrency ?? builtinModule<typeof import('node:os')>('node:os')?.availableParallelism();
  return Number.isSafeInteger(count) && count! > 0 ? count! : 1;
}
