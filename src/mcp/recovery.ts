import { McpFailure } from './errors.js';
import type { Live } from './live.js';
import type { McpTarget } from './port.js';

/** Where a call gets its session from. */
export interface SessionSource {
  readonly target: McpTarget;
  /** Whether a session that is lost may be replaced by a new one. */
  readonly replaceable: boolean;
  enter(signal: AbortSignal): Promise<Live>;
  retire(live: Live): void;
}

/**
 * Does `work` in a session, and once more where a failure can be mended: with a new token after a 401, in a new session after
 * a 404, in a new session after a lost answer, if repeating is safe. Each of these at most once (LIME contract §8.4).
 */
export async function withRecovery<T>(
  source: SessionSource,
  work: (live: Live, attempt: number) => Promise<T>,
  options: {
    readonly signal: AbortSignal;
    /** Whether the work may be done twice. */
    readonly repeatable: boolean;
    readonly onRetry: (failure: McpFailure, attempt: number) => void;
  },
): Promise<T> {
  const { signal, repeatable, onRetry } = options;
  const mended = new Set<McpFailure['code']>();
  for (let attempt = 1; ; attempt++) {
    let live: Live | undefined;
    try {
      live = await source.enter(signal);
      return await work(live, attempt);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof McpFailure)) throw error;
      const begun = live !== undefined;
      if (mended.has(error.code) || !canMend(error, source, repeatable || !begun)) {
        throw begun && !repeatable ? undecided(error) : error;
      }
      mended.add(error.code);
      if (live !== undefined) source.retire(live);
      onRetry(error, attempt);
      if (error.rejected !== undefined) await source.target.token({ rejected: error.rejected, signal });
    } finally {
      live?.leave();
    }
  }
}

function canMend({ code, maybeActed }: McpFailure, { replaceable }: SessionSource, repeatable: boolean): boolean {
  if (code === 'UNAUTHORIZED') return true;
  if (code === 'SESSION_GONE') return replaceable;
  return code === 'NETWORK_ERROR' && (repeatable || !maybeActed);
}

/** A lost answer is no failure: what was asked for may have been done. */
function undecided(error: McpFailure): McpFailure {
  if (!error.maybeActed || (error.code !== 'NETWORK_ERROR' && error.code !== 'TIMEOUT')) return error;
  return new McpFailure(
    'OUTCOME_UNKNOWN',
    `The call may have been carried out: it was sent, and no answer came (${error.code}). Find out before you repeat it; a tool that may run twice can be called with { idempotent: true }.`,
    { cause: error, maybeActed: true },
  );
}
