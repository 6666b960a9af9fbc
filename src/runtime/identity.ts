/** The runtimes that countersign is tested on; `'unknown'` is any other with web standards. */
export type RuntimeName = 'node' | 'deno' | 'bun' | 'workerd' | 'edge-light' | 'browser' | 'unknown';

/** Which runtime this is. For reports; behaviour follows what a runtime can do, not what it is called. */
export function runtimeName(): RuntimeName {
  const { Bun, Deno, EdgeRuntime, document, process, navigator } = globalThis as unknown as Record<string, unknown> & {
    process?: { versions?: Record<string, string | undefined> };
    navigator?: { userAgent?: string };
  };
  if (navigator?.userAgent === 'Cloudflare-Workers') return 'workerd';
  if (typeof EdgeRuntime === 'string') return 'edge-light';
  if (Bun !== undefined) return 'bun';
  if (Deno !== undefined) return 'deno';
  if (process?.versions?.['node'] !== undefined) return 'node';
  if (document !== undefined || typeof navigator?.userAgent === 'string') return 'browser';
  return 'unknown';
}

/**
 * Whether time passes only between tasks, as on Cloudflare Workers: a loop cannot see how long it has run, so that work
 * is bounded by its amount.
 */
export function clockStandsStill(): boolean {
  return runtimeName() === 'workerd';
}
