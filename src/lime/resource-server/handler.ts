import { authenticate, challengeExtra, type McpTokenVerifier, type RequireLimeTokenOptions } from './bearer.js';
import type { LimeCaller } from './caller.js';

/**
 * Puts a verifier before a web-standard handler: `requireLimeToken(verifier, (request, caller) => …)`. What else the runtime
 * passes along, such as a Worker's `env` and `ctx`, comes after the caller. Without a good token the answer is 401 with
 * `WWW-Authenticate` (RFC 6750 §3), or 503 while LIME's keys cannot be had.
 *
 * @throws {LimeInputError} an option has the wrong form.
 * @see LIME contract §8.7, §10.3
 */
export function requireLimeToken<Rest extends unknown[]>(
  verifier: McpTokenVerifier,
  handler: (request: Request, caller: LimeCaller, ...rest: Rest) => Response | Promise<Response>,
  options: RequireLimeTokenOptions = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  const extra = challengeExtra(options);
  return async (request, ...rest) => {
    const { headers: sent, signal } = request;
    const { caller, refusal } = await authenticate(verifier, sent.get('Authorization'), { extra, signal });
    if (caller !== undefined) return handler(request, caller, ...rest);
    const { body, status, headers } = refusal;
    return new Response(body, { status, headers });
  };
}
