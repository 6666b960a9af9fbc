// Each way in front of a real server: over sockets, with the framework itself, and with an agent as the client.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { serve } from '@hono/node-server';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { RequestHandler } from 'express';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../../src/emulator/node/index.js';
import { LimeAgent, LimeInputError, requireLimeToken, TokenVerifier } from '../../../src/lime/index.js';
import * as forExpress from '../../../src/lime/resource-server/express.js';
import * as forHono from '../../../src/lime/resource-server/hono.js';
import { oauthTokenVerifier } from '../../../src/lime/resource-server/mcp-auth.js';
import { systemClock } from '../../../src/runtime/clock.js';
import { failure } from '../../http/clients.js';
import { KEYS } from './platform.js';

/** Serves a listener for the running test, under a name and not an address: agents have tokens for names only. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

async function listenToFetch(handle: (request: Request) => Response | Promise<Response>): Promise<string> {
  const server = serve({ fetch: handle, port: 0, hostname: 'localhost' });
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.close();
    (server as ReturnType<typeof createServer>).closeAllConnections();
  });
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** An MCP server with one tool, which says who calls. */
function mcpServer(): McpServer {
  const server = new McpServer({ name: 'test', version: '1' });
  server.registerTool('whoami', {}, ({ authInfo }) => ({
    content: [{ type: 'text', text: JSON.stringify({ id: authInfo?.clientId, ...authInfo?.extra }) }],
  }));
  return server;
}

/** What makes an Express app with an MCP server behind a middleware. */
function mcpApp(...middleware: RequestHandler[]) {
  const app = createMcpExpressApp({ host: 'localhost' });
  app.post('/mcp', ...middleware, async (req, res) => {
    const transport = new StreamableHTTPServerTransport({});
    await mcpServer().connect(transport as Parameters<McpServer['connect']>[0]);
    await transport.handleRequest(req, res, req.body);
  });
  return app;
}

const toWebMcp = async (request: Request, authInfo: forHono.LimeCaller) => {
  const transport = new WebStandardStreamableHTTPServerTransport();
  await mcpServer().connect(transport);
  return transport.handleRequest(request, { authInfo });
};

/** Each adapter: a URL at whose /mcp an MCP server is, and at whose /who an answer in JSON says who calls. */
const adapters: Record<string, (verifier: TokenVerifier) => Promise<string>> = {
  'a web handler': (verifier) => {
    const handle = requireLimeToken(verifier, (request, caller) =>
      request.url.endsWith('/who') ? Response.json(caller) : toWebMcp(request, caller),
    );
    return listenToFetch((request) => handle(request));
  },
  Hono: (verifier) => {
    const app = new Hono<forHono.LimeEnv>();
    app.use('*', forHono.requireLimeToken(verifier));
    app.get('/who', (c) => c.json(c.get('auth')));
    app.post('/mcp', (c) => toWebMcp(c.req.raw, c.get('auth')));
    return listenToFetch((request) => app.fetch(request));
  },
  Express: (verifier) => {
    const middleware = forExpress.requireLimeToken(verifier);
    const app = mcpApp(middleware);
    app.get('/who', middleware, (req, res) => {
      res.json(forExpress.limeCaller(req));
    });
    return listen(app);
  },
  'the MCP SDK': (verifier) => {
    const middleware = requireBearerAuth({ verifier: oauthTokenVerifier(verifier) });
    const app = mcpApp(middleware);
    app.get('/who', middleware, (req, res) => {
      res.json(req.auth);
    });
    return listen(app);
  },
};

// One for the file: to make its key takes longer than a test.
let started: StartedEmulator;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());

async function scene(adapter: keyof typeof adapters) {
  const { emulator, lime } = started;
  const failKeys = () => {
    const fault = emulator.faults.add({ path: KEYS, respond: { status: 500, body: {} } });
    onTestFinished(() => fault.remove());
  };
  const verifier = new TokenVerifier({
    baseUrl: lime.origin,
    expectedDomain: 'localhost',
    allowInsecureTargets: true,
    maxRetries: 0,
  });
  const url = await adapters[adapter]!(verifier);
  const now = Math.floor(systemClock.now() / 1000);
  const claims = { iss: lime.origin, aud: 'mcp', sub: 'agent-1', iat: now, exp: now + 300, domain: 'localhost' };
  const sign = (more: object = {}) => emulator.lime.keys.sign({ ...claims, ...more });
  const ask = (authorization?: string) =>
    fetch(`${url}/who`, { headers: authorization === undefined ? {} : { authorization } });
  return { emulator, lime, verifier, url, claims, sign, ask, failKeys };
}

describe.each(Object.keys(adapters))('%s', (adapter) => {
  const isSdk = adapter === 'the MCP SDK';

  it('lets an agent call a tool, which knows who calls', async () => {
    const { emulator, lime, url } = await scene(adapter);
    const agent = new LimeAgent({
      agentToken: lime.agentToken,
      baseUrl: lime.apiBase,
      allowInsecureTargets: true,
    });
    onTestFinished(() => agent.close());
    const result = await agent.callTool(`${url}/mcp`, 'whoami');
    const who = JSON.parse(String(result.content[0]?.text));
    const { agentId } = emulator.lime.listAgents()[0] ?? {};
    expect(who).toMatchObject({ id: agentId, agentId, domain: 'localhost', claims: { aud: 'mcp', sub: agentId } });
  });

  it('hands on who calls, whatever the case of the scheme', async () => {
    const { sign, ask, claims } = await scene(adapter);
    const token = await sign();
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const answer = await ask(`${scheme} ${token}`);
      expect(answer.status).toBe(200);
      const caller = await answer.json();
      expect(caller).toEqual({
        agentId: 'agent-1',
        clientId: 'agent-1',
        domain: 'localhost',
        claims,
        extra: { agentId: 'agent-1', domain: 'localhost', claims },
        scopes: [],
        expiresAt: claims.exp + 120,
      });
    }
  });

  it('takes what the leeway lets pass', async () => {
    const { sign, ask } = await scene(adapter);
    const now = Math.floor(systemClock.now() / 1000);
    expect((await ask(`Bearer ${await sign({ exp: now - 30 })}`)).status).toBe(200);
  });

  it.each([
    ['Token expired', { exp: 1 }],
    ['Invalid audience', { aud: 'lime-site-login' }],
    ['Domain mismatch', { domain: 'other.example.org' }],
    ['Invalid token: it has the claim user_id, which only passports have.', { user_id: 'x' }],
  ])('answers a bad token with 401 and why: %s', async (description, more) => {
    const { sign, ask } = await scene(adapter);
    const answer = await ask(`Bearer ${await sign(more)}`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      `Bearer error="invalid_token", error_description="${description}"`,
    );
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/);
    expect(await answer.json()).toEqual({ error: 'invalid_token', error_description: description });
  });

  it('answers what is no token at all with 401', async () => {
    const { ask } = await scene(adapter);
    for (const token of ['x', 'a.b.c', 'a b', '"', '\u00e9']) {
      const answer = await ask(`Bearer ${token}`);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('WWW-Authenticate')).toContain('error="invalid_token"');
    }
  });

  it('answers a request without a token with 401', async () => {
    const { ask, verifier } = await scene(adapter);
    for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic dTpw', 'Bearertoken']) {
      const answer = await ask(authorization);
      expect(answer.status).toBe(401);
      // RFC 6750 §3.1: no error where there was no token. The SDK does as it likes.
      if (!isSdk) expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer realm="lime"');
      await answer.text();
    }
    expect(verifier.fetchCount).toBe(0);
  });

  it('answers with 5xx while nothing is known of the token', async () => {
    const { sign, ask, failKeys } = await scene(adapter);
    failKeys();
    const answer = await ask(`Bearer ${await sign()}`);
    expect(answer.status).toBe(isSdk ? 500 : 503);
    expect(answer.headers.get('WWW-Authenticate')).toBeNull();
    const body = (await answer.json()) as { error: string };
    expect(body.error).toBe(isSdk ? 'server_error' : 'temporarily_unavailable');
    expect(JSON.stringify(body)).not.toContain('jwks');
  });
});

describe('requireLimeToken', () => {
  it('passes on what else a runtime gives', async () => {
    const { verifier, sign } = await scene('a web handler');
    const handle = requireLimeToken(verifier, (_request, { agentId }, env: { name: string }, n: number) =>
      Response.json([agentId, env.name, n]),
    );
    const headers = { Authorization: `Bearer ${await sign()}` };
    const answer = await handle(new Request('https://tools.example.org/', { headers }), { name: 'env' }, 7);
    expect(await answer.json()).toEqual(['agent-1', 'env', 7]);
  });

  it("leaves a handler's own failure to the runtime", async () => {
    const { verifier, sign } = await scene('a web handler');
    const broken = new Error('broken');
    const handle = requireLimeToken(verifier, () => Promise.reject(broken));
    const headers = { Authorization: `Bearer ${await sign()}` };
    expect(await failure(handle(new Request('https://tools.example.org/', { headers })))).toBe(broken);
  });

  it('shows the token to whoever asks for it, and in nothing else', async () => {
    const { verifier, sign } = await scene('a web handler');
    const token = await sign();
    const handle = requireLimeToken(verifier, (_, caller) => {
      expect(caller.token).toBe(token);
      expect(inspect(caller, { depth: 9 }) + JSON.stringify({ ...caller })).not.toContain(token);
      return new Response(null, { status: 204 });
    });
    const headers = { Authorization: `Bearer ${token}` };
    expect((await handle(new Request('https://tools.example.org/', { headers }))).status).toBe(204);
  });
});

it('limeCaller says so where the middleware is missing', () => {
  expect(() => forExpress.limeCaller({})).toThrow('requireLimeToken');
});

it('oauthTokenVerifier throws the classes of another copy of the SDK', async () => {
  class InvalidTokenError extends Error {}
  class ServerError extends Error {}
  const { verifier, sign, failKeys } = await scene('the MCP SDK');
  const oauth = oauthTokenVerifier(verifier, { InvalidTokenError, ServerError });
  expect(await failure(oauth.verifyAccessToken('x'))).toBeInstanceOf(InvalidTokenError);
  failKeys();
  expect(await failure(oauth.verifyAccessToken(await sign()))).toBeInstanceOf(ServerError);
});

describe('resource_metadata (RFC 9728 §5.1)', () => {
  const resourceMetadataUrl = 'https://tools.example.org/.well-known/oauth-protected-resource/mcp"x';
  const named = 'resource_metadata="https://tools.example.org/.well-known/oauth-protected-resource/mcp%22x"';
  const guards: Record<string, (verifier: TokenVerifier, url: string) => () => Promise<string>> = {
    'a web handler': (verifier, url) => {
      const handle = requireLimeToken(verifier, () => new Response(), { resourceMetadataUrl: url });
      return () => listenToFetch((request) => handle(request));
    },
    Hono: (verifier, url) => {
      const app = new Hono();
      app.use('*', forHono.requireLimeToken(verifier, { resourceMetadataUrl: url }));
      return () => listenToFetch((request) => app.fetch(request));
    },
    Express: (verifier, url) => {
      const app = createMcpExpressApp({ host: 'localhost' });
      app.use(forExpress.requireLimeToken(verifier, { resourceMetadataUrl: url }));
      return () => listen(app);
    },
  };

  it.each(Object.keys(guards))('is in each challenge of %s', async (name) => {
    const verifier = new TokenVerifier({ baseUrl: started.lime.origin, expectedDomain: 'tools.example.org' });
    const url = await guards[name]!(verifier, resourceMetadataUrl)();
    const without = await fetch(url);
    expect(without.headers.get('WWW-Authenticate')).toBe(`Bearer realm="lime", ${named}`);
    const forged = await fetch(url, { headers: { authorization: 'Bearer x' } });
    expect(forged.status).toBe(401);
    expect(forged.headers.get('WWW-Authenticate')).toMatch(
      /^Bearer error="invalid_token", error_description="[^"]+", /,
    );
    expect(forged.headers.get('WWW-Authenticate')?.endsWith(`", ${named}`)).toBe(true);
    for (const bad of ['', '/relative', 'javascript:x']) {
      expect(() => guards[name]!(verifier, bad)).toThrow(LimeInputError);
    }
  });
});
