import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Emulator } from '../../../src/emulator/index.js';
import { startEmulator } from '../../../src/emulator/node/index.js';
import { TokenVerifier, type TokenVerifierOptions } from '../../../src/lime/index.js';
import { ManualClock } from '../../http/manual-clock.js';
import { httpServer, json } from '../../http/servers.js';
import { forge, newSigner } from '../../jwt/tokens.js';

export const DOMAIN = 'tools.example.org';
export const METADATA = '/api/v1/modules/oauth/.well-known/oauth-authorization-server';
export const KEYS = '/api/v1/core/.well-known/jwks.json';

/** What was told to a logger. */
export function recorder() {
  const told: { level: string; message: string; fields: Record<string, unknown> }[] = [];
  const at = (level: string) => (message: string, fields: object) =>
    void told.push({ level, message, fields: { ...fields } });
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { told, logger, warnings: () => told.filter(({ level }) => level === 'warn').map(({ message }) => message) };
}

/** A served emulator, a verifier of its tokens on a clock that a test moves, and claims that are right. */
export async function scene(options: TokenVerifierOptions = {}) {
  const { emulator, lime, close } = await startEmulator();
  onTestFinished(close);
  const clock = new ManualClock();
  const now = clock.now() / 1000;
  const claims = {
    iss: lime.origin,
    aud: 'mcp',
    sub: 'agent-hunter2',
    iat: now - 1,
    exp: now + 300,
    jti: 'id-hunter2',
    domain: DOMAIN,
  };
  const log = recorder();
  const verifierWith = (more: TokenVerifierOptions) =>
    new TokenVerifier({
      baseUrl: lime.origin,
      expectedDomain: DOMAIN,
      clock,
      random: () => 0,
      logger: log.logger,
      ...more,
    });
  return { emulator, lime, clock, now, claims, log, verifierWith, verifier: verifierWith(options) };
}

/** How often the emulator was asked for metadata and for keys. */
export function asked({ requests }: Emulator): { metadata: number; keys: number } {
  const count = (path: string) => requests.filter((request) => request.path === path).length;
  return { metadata: count(METADATA), keys: count(KEYS) };
}

const signer = newSigner('k1');
export const KEY_SET = { keys: [signer.jwk] };

/**
 * A platform whose two documents a test answers itself, a verifier of it, and tokens of it. Without a listener of its own a
 * document is answered as it should be.
 */
export async function faultyPlatform(
  listeners: { readonly metadata?: RequestListener; readonly keys?: RequestListener } = {},
  options: TokenVerifierOptions = {},
) {
  const current = { ...listeners };
  const server = await httpServer((request, response) => {
    const { host } = request.headers;
    const metadata = { issuer: 'https://lime.example', jwks_uri: `http://${host}${KEYS}` };
    const listener = request.url?.startsWith(METADATA)
      ? (current.metadata ?? json(200, metadata))
      : (current.keys ?? json(200, KEY_SET));
    listener(request, response);
  });
  const clock = new ManualClock();
  const log = recorder();
  const verifier = new TokenVerifier({
    baseUrl: server.url,
    clock,
    random: () => 0,
    maxRetries: 0,
    logger: log.logger,
    ...options,
  });
  const token = (more: Record<string, unknown> = {}) => {
    const now = clock.now() / 1000;
    return forge(signer, { iss: 'https://lime.example', aud: 'mcp', sub: 'a', iat: now, exp: now + 300, ...more });
  };
  return { server, current, clock, log, verifier, token };
}
