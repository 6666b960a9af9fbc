import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Clock } from '../../runtime/clock.js';
import { isCanonicalDomain } from '../lime/oauth/domain.js';
import { MCP_AUDIENCE } from '../lime/oauth/mcp-token.js';
import type { LimePlatform } from '../lime/platform.js';
import type { McpSettings } from './settings.js';

/** Whose token a request carries. */
export interface Caller {
  readonly agentId: string;
  /** What the token's `domain` says; `null` without one. */
  readonly domain: string | null;
}

/** Why a token is refused; the message is the one of LIME contract §10.3. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
}

const FORBIDDEN_CLAIMS = ['user_id', 'passport_version', 'request_id'];

/**
 * Who calls, by the Bearer token of the request, checked against LIME's own keys as a resource server must (contract
 * §10.3). The issuer may be any origin under which LIME issued a token.
 *
 * @throws {TokenRefusal} there is no token, or it is not good.
 */
export async function bearerOf(
  request: Request,
  lime: Pick<LimePlatform, 'keys' | 'origins'>,
  { leewaySeconds, requireDomain }: McpSettings['now'],
  clock: Clock,
): Promise<Caller> {
  const token = /^bearer +(\S+)$/i.exec(request.headers.get('Authorization') ?? '')?.[1];
  if (token === undefined) throw new TokenRefusal('Missing token');
  const url = new URL(request.url);
  const claims = await verifiedClaims(token, lime.keys, leewaySeconds, clock);

  if (typeof claims.iat === 'number' && claims.iat > clock.now() / 1000 + leewaySeconds) {
    throw new TokenRefusal('Invalid token: issued in the future');
  }
  if (claims.iss === undefined || (claims.iss !== url.origin && !lime.origins.has(claims.iss))) {
    throw new TokenRefusal('Invalid issuer');
  }
  const forbidden = FORBIDDEN_CLAIMS.find((name) => name in claims);
  if (forbidden !== undefined) throw new TokenRefusal(`Invalid token: forbidden claim ${forbidden}`);
  if (typeof claims.sub !== 'string' || claims.sub.trim() === '') throw new TokenRefusal('Invalid token: missing sub');
  return { agentId: claims.sub, domain: domainOf(claims, url.hostname, requireDomain) };
}

async function verifiedClaims(
  token: string,
  keys: LimePlatform['keys'],
  leewaySeconds: number,
  clock: Clock,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => publishedKey(keys, kid), {
      algorithms: ['RS256'],
      audience: MCP_AUDIENCE,
      requiredClaims: ['exp'],
      clockTolerance: leewaySeconds,
      currentDate: new Date(clock.now()),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new TokenRefusal('Token expired');
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
      throw new TokenRefusal('Invalid audience');
    }
    if (error instanceof TokenRefusal) throw error;
    throw new TokenRefusal(`Invalid token: ${error instanceof errors.JOSEError ? error.code : 'unreadable'}`);
  }
}

function publishedKey(keys: LimePlatform['keys'], kid: string | undefined): Promise<CryptoKey> {
  const key = keys.published().find((candidate) => candidate.kid === kid);
  if (key === undefined) throw new TokenRefusal('Invalid token: unknown kid');
  return key.publicKey();
}

function domainOf({ domain }: JWTPayload, host: string, isRequired: boolean): string | null {
  if (domain === undefined && !isRequired) return null;
  if (typeof domain !== 'string' || domain.trim() === '') throw new TokenRefusal('Missing domain claim');
  if (!isCanonicalDomain(domain)) throw new TokenRefusal('Invalid domain claim');
  if (domain !== host) throw new TokenRefusal('Domain mismatch');
  return domain;
}
