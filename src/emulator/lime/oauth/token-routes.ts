import { Hono } from 'hono';
import { readBody } from '../../body.js';
import { endpoint } from '../../endpoint.js';
import { failureOf, Refusal } from '../../envelope.js';
import { agentLane } from '../lanes.js';
import type { LimePlatform } from '../platform.js';
import { issueMcpToken } from './mcp-token.js';
import { requestedDomain } from './token-request.js';

/** Where agents get MCP access tokens: `/modules/oauth/token` of LIME (contract §7). */
export function tokenRoutes(platform: LimePlatform): Hono {
  const app = new Hono();
  app.onError(oauthFailureOf);

  endpoint(app, '/', {
    POST: async (c) => {
      const body = await readBody(c.req.raw);
      const agent = agentLane(c.req.raw, platform.accounts);
      const domain = requestedDomain(body, platform.settings.now);
      if (!agent.mcp) return capabilityDenied(platform.settings.now.capabilityDenial);
      const { tokenLifetimeSeconds: expires_in } = platform.settings.now;
      const access_token = await issueMcpToken(platform, agent, new URL(c.req.url).origin, domain);
      return Response.json(
        { access_token, token_type: 'Bearer', expires_in },
        { headers: { 'Cache-Control': 'no-store', Pragma: 'no-cache' } },
      );
    },
  });
  return app;
}

/** RFC 6749 §5.2 where it has a word for it, else LIME's envelope: both occur (LIME contract §7.3). */
function oauthFailureOf(error: Error): Response {
  if (error instanceof Refusal && error.status === 401) return oauthFailure(401, { error: 'invalid_client' });
  if (error instanceof Refusal && error.status === 400) {
    return oauthFailure(400, { error: 'invalid_request', error_description: error.message });
  }
  return failureOf(error);
}

function capabilityDenied(form: 'envelope' | 'rfc'): Response {
  const message = 'The agent lacks the capability to get MCP access tokens.';
  if (form === 'envelope') throw new Refusal(403, 'OAUTH_CAPABILITY_DENIED', message);
  return oauthFailure(403, { error: 'access_denied', error_description: message });
}

function oauthFailure(status: number, body: { readonly error: string; readonly error_description?: string }): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } });
}
