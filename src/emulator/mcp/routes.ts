import { type Context, Hono } from 'hono';
import { readJson } from '../body.js';
import { endpoint } from '../endpoint.js';
import { Refusal } from '../envelope.js';
import { type Caller, TokenRefusal } from './bearer.js';
import type { McpPlatform } from './platform.js';

/** What a resource server says to a token that is not good (LIME contract §8.7). */
export const UNAUTHORIZED = {
  status: 401,
  headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
} as const;

/** A demo MCP server over streamable HTTP, and the small REST server beside it (LIME contract §3.3, §14.1). */
export function mcpRoutes(mcp: McpPlatform): Hono {
  const app = new Hono();

  app.all(
    '/mcp',
    withCaller((c, caller) => mcp.sessions.handle(c.req.raw, caller)),
  );
  endpoint(app, '/health', { GET: () => Response.json({ status: 'ok' }) });
  endpoint(app, '/tools/echo', {
    POST: withCaller(async (c, { agentId }) => {
      const text = textOf(await readJson(c.req.raw));
      // Old clients read `echo`, newer ones `result` and `sub`.
      return Response.json({ echo: text, result: text, sub: agentId });
    }),
  });
  return app;

  function withCaller(answer: (c: Context, caller: Caller) => Promise<Response>) {
    return async (c: Context): Promise<Response> => {
      try {
        return await answer(c, await mcp.authenticate(c.req.raw));
      } catch (error) {
        if (!(error instanceof TokenRefusal)) throw error;
        return Response.json({ error: 'invalid_token', error_description: error.message }, UNAUTHORIZED);
      }
    };
  }
}

function textOf(body: unknown): string {
  const text = typeof body === 'object' && body !== null && 'text' in body ? body.text : undefined;
  if (typeof text !== 'string') throw new Refusal(400, 'INVALID_REQUEST', 'text is missing: it must be a string.');
  return text;
}
