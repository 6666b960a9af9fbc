import { authenticate, challengeExtra, type McpTokenVerifier, type RequireLimeTokenOptions } from './bearer.js';
import type { LimeCaller } from './caller.js';

export type { McpTokenVerifier, RequireLimeTokenOptions } from './bearer.js';
export type { LimeCaller } from './caller.js';

/** What the middleware sets, for `new Hono<LimeEnv>()`. */
export interface LimeEnv {
  Variables: { auth: LimeCaller };
}

/** What of Hono's context is used. */
interface ContextLike {
  readonly req: { readonly raw: Request };
  set(name: 'auth', caller: LimeCaller): void;
}

/**
 * A middleware for Hono: `app.use('/mcp', requireLimeToken(verifier))`. Handlers behind it get the caller by `c.get('auth')`.
 * Without a good token the answer is 401 with `WWW-Authenticate` (RFC 6750 §3), or 503 while LIME's keys cannot be had.
 *
 * @throws {LimeInputError} an option has the wrong form.
 * @see LIME contract §8.7, §10.3
 */
export function requireLimeToken(
  verifier: McpTokenVerifier,
  options: RequireLimeTokenOptions = {},
): (c: ContextLike, next: () => Promise<void>) => Promise<Response | undefined> {
  const extra = challengeExtra(options);
  return async (c, next) => {
    const { headers: sent, signal } = c.req.raw;
    const { caller, refusal } = await authenticate(verifier, sent.get('Authorization'), { extra, signal });
    if (refusal !== undefined) {
      const { body, status, headers } = refusal;
      return new Response(body, { status, headers });
    }
    c.set('auth', caller);
    await next();
    return undefined;
  };
}
