import { InvalidTokenError, ServerError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import type { McpTokenVerifier } from './bearer.js';
import { callerOf, type LimeCaller } from './caller.js';

export type { McpTokenVerifier } from './bearer.js';
export type { LimeCaller } from './caller.js';

type ErrorClass = new (message: string) => Error;

/** Classes of the MCP SDK. */
export interface McpAuthErrors {
  readonly InvalidTokenError: ErrorClass;
  readonly ServerError: ErrorClass;
}

/**
 * An `OAuthTokenVerifier` of the MCP SDK: `requireBearerAuth({ verifier: oauthTokenVerifier(verifier) })`. The SDK answers a bad
 * token with 401, and with 500 while LIME's keys cannot be had. Tools get the caller as `extra.authInfo`.
 *
 * The SDK knows errors by their class. `errors` are those of the copy of the SDK that countersign has; where an application has
 * another copy, of another version, it passes the classes of its own.
 *
 * @see LIME contract §10.3
 */
export function oauthTokenVerifier(
  verifier: McpTokenVerifier,
  errors: McpAuthErrors = { InvalidTokenError, ServerError },
): { verifyAccessToken(token: string): Promise<LimeCaller> } {
  return {
    async verifyAccessToken(token) {
      const result = await verifier.verify(token);
      if (result.isValid) return callerOf(token, result);
      if (result.retryable) throw new errors.ServerError('The token cannot be verified now. Try again later.');
      throw new errors.InvalidTokenError(result.error);
    },
  };
}
