import { LimeInputError } from '../errors.js';
import { callerOf, type LimeCaller } from './caller.js';
import type { McpTokenVerification } from './verification.js';

/** What verifies tokens: a `TokenVerifier`. */
export interface McpTokenVerifier {
  verify(token: string, init?: { readonly signal?: AbortSignal | undefined }): Promise<McpTokenVerification>;
}

/** Options of `requireLimeToken`. */
export interface RequireLimeTokenOptions {
  /**
   * The URL of this server's protected resource metadata (RFC 9728 §3), which each 401 then names in `WWW-Authenticate` as
   * `resource_metadata` (§5.1). Default: none.
   */
  readonly resourceMetadataUrl?: string | undefined;
}

/** How a request is answered that does not get through. */
export interface BearerRefusal {
  readonly status: 401 | 503;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

export type BearerOutcome =
  | { readonly caller: LimeCaller; readonly refusal?: undefined }
  | { readonly caller?: undefined; readonly refusal: BearerRefusal };

/**
 * What each challenge has beside its error.
 *
 * @throws {LimeInputError} `resourceMetadataUrl` is no absolute http or https URL.
 */
export function challengeExtra({ resourceMetadataUrl }: RequireLimeTokenOptions): string {
  if (resourceMetadataUrl === undefined) return '';
  const url = URL.canParse(resourceMetadataUrl) ? new URL(resourceMetadataUrl) : undefined;
  // A parsed URL has no quotes and no line ends left.
  if (url !== undefined && /^https?:$/.test(url.protocol)) return `, resource_metadata="${url.href}"`;
  throw new LimeInputError('INVALID_INPUT', 'resourceMetadataUrl must be an absolute http or https URL.');
}

/**
 * Who calls, by an `Authorization` header (RFC 6750 §2.1); or how to refuse: 401 with `WWW-Authenticate`, and with an error in
 * it only where there was a token (§3.1); 503 if nothing is known of the token.
 */
export async function authenticate(
  verifier: McpTokenVerifier,
  authorization: string | null | undefined,
  { extra, signal }: { readonly extra: string; readonly signal?: AbortSignal | undefined },
): Promise<BearerOutcome> {
  const token = /^bearer +(.+)$/i.exec(authorization?.trim() ?? '')?.[1];
  if (token === undefined) {
    return refuse(401, { error: 'unauthorized', error_description: 'Missing token' }, `Bearer realm="lime"${extra}`);
  }
  const result = await verifier.verify(token, { signal });
  if (result.isValid) return { caller: callerOf(token, result) };
  if (result.retryable) {
    const error_description = 'The token cannot be verified now. Try again later.';
    return refuse(503, { error: 'temporarily_unavailable', error_description });
  }
  const described = result.error.replace(/"/g, "'").replace(/[^\x20-\x7e]|\\/g, '?');
  const challenge = `Bearer error="invalid_token", error_description="${described}"${extra}`;
  return refuse(401, { error: 'invalid_token', error_description: result.error }, challenge);
}

function refuse(status: 401 | 503, body: Readonly<Record<string, string>>, challenge?: string): BearerOutcome {
  const headers = {
    'Content-Type': 'application/json',
    ...(challenge === undefined ? {} : { 'WWW-Authenticate': challenge }),
  };
  return { refusal: { status, headers, body: JSON.stringify(body) } };
}
