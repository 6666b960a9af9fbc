import { authenticate, challengeExtra, type McpTokenVerifier, type RequireLimeTokenOptions } from './bearer.js';
import type { LimeCaller } from './caller.js';

export type { McpTokenVerifier, RequireLimeTokenOptions } from './bearer.js';
export type { LimeCaller } from './caller.js';

/** What of a request is used: Node's own will do. */
interface RequestLike {
  readonly headers: { readonly authorization?: string | undefined };
}

/** What of an answer is used: Node's own will do. */
interface ResponseLike {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

const callers = new WeakMap<object, LimeCaller>();

/**
 * A middleware for Express: `app.use('/mcp', requireLimeToken(verifier))`. Handlers behind it get the caller by
 * `limeCaller(req)`, and the MCP SDK's transports find it as `req.auth`. Without a good token the answer is 401 with
 * `WWW-Authenticate` (RFC 6750 §3), or 503 while LIME's keys cannot be had.
 *
 * @throws {LimeInputError} an option has the wrong form.
 * @see LIME contract §8.7, §10.3
 */
export function requireLimeToken(
  verifier: McpTokenVerifier,
  options: RequireLimeTokenOptions = {},
): (req: RequestLike, res: ResponseLike, next: (error?: unknown) => void) => Promise<void> {
  const extra = challengeExtra(options);
  return async (req, res, next) => {
    const { caller, refusal } = await authenticate(verifier, req.headers.authorization, { extra });
    if (refusal === undefined) {
      callers.set(req, caller);
      Object.assign(req, { auth: caller });
      next();
      return;
    }
    res.statusCode = refusal.status;
    for (const [name, value] of Object.entries(refusal.headers)) res.setHeader(name, value);
    res.end(refusal.body);
  };
}

/**
 * Who made a request that came through `requireLimeToken`.
 *
 * @throws {TypeError} it did not: the route is not behind the middleware.
 */
export function limeCaller(req: object): LimeCaller {
  const caller = callers.get(req);
  if (caller === undefined)
    throw new TypeError('This request has not come through requireLimeToken: put that before it.');
  return caller;
}
