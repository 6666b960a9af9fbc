import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { answerOf, expectRefusal } from './helpers.js';
import { initialize, mcpToken, send } from './mcp-client.js';

let started: StartedEmulator;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());
afterEach(() => started.emulator.reset());

const open = (token: string, url = started.lime.mcpUrl) => send(url, token, initialize);

async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

async function expectRefused(answer: Promise<Response>, reason: string) {
  const { status, headers } = await answer;
  expect([status, headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
  expect(await (await answer).json()).toEqual({ error: 'invalid_token', error_description: reason });
}

/** Claims that are good, before they are spoilt. */
function claims(): Record<string, unknown> {
  const iat = Math.floor(started.emulator.clock.now() / 1000);
  return { sub: 'agent', iss: started.lime.origin, aud: 'mcp', iat, exp: iat + 300, jti: 'x' };
}

describe('a Bearer token', () => {
  it('is good as LIME issues it, with the domain of the request or without', async () => {
    expect(await statusOf(open(await mcpToken(started.lime, 'localhost')))).toBe(200);
    expect(await statusOf(open(await mcpToken(started.lime)))).toBe(200);
    const byAddress = started.lime.mcpUrl.replace('localhost', '127.0.0.1');
    expect(await statusOf(open(await mcpToken(started.lime), byAddress))).toBe(200);
    await expectRefused(open(await mcpToken(started.lime, 'localhost'), byAddress), 'Domain mismatch');
  });

  it('is refused for each flaw, and says which', async () => {
    const { keys } = started.emulator.lime;
    const later = Math.floor(started.emulator.clock.now() / 1000) + 1000;
    const flaws: [Record<string, unknown>, string][] = [
      [{ aud: 'lime-site-login' }, 'Invalid audience'],
      [{ aud: undefined }, 'Invalid audience'],
      [{ iss: 'https://foreign.test' }, 'Invalid issuer'],
      [{ iss: undefined }, 'Invalid issuer'],
      [{ exp: undefined }, 'Invalid token: ERR_JWT_CLAIM_VALIDATION_FAILED'],
      [{ exp: later - 2000 }, 'Token expired'],
      [{ nbf: later }, 'Invalid token: ERR_JWT_CLAIM_VALIDATION_FAILED'],
      [{ iat: later, exp: later + 300 }, 'Invalid token: issued in the future'],
      [{ user_id: 'u' }, 'Invalid token: forbidden claim user_id'],
      [{ passport_version: '3' }, 'Invalid token: forbidden claim passport_version'],
      [{ request_id: 'r' }, 'Invalid token: forbidden claim request_id'],
      [{ sub: ' ' }, 'Invalid token: missing sub'],
      [{ sub: undefined }, 'Invalid token: missing sub'],
      [{ domain: '' }, 'Missing domain claim'],
      [{ domain: 'LOCALHOST' }, 'Invalid domain claim'],
      [{ domain: 'localhost:80' }, 'Invalid domain claim'],
      [{ domain: 'other.test' }, 'Domain mismatch'],
    ];
    for (const [flaw, reason] of flaws) await expectRefused(open(await keys.sign({ ...claims(), ...flaw })), reason);
    expect(await statusOf(open(await keys.sign({ ...claims(), aud: ['x', 'mcp'] })))).toBe(200);
    expect(started.emulator.mcp.stats).toMatchObject({ refusedTokens: flaws.length, initializes: 1 });
  });

  it('is refused when it is none, or of a key that is not published', async () => {
    const { keys } = started.emulator.lime;
    for (const [token, reason] of [
      ['', 'Missing token'],
      ['a b', 'Missing token'],
      ['a.b.c', 'Invalid token: ERR_JWS_INVALID'],
      [started.lime.agentToken, 'Invalid token: ERR_JWS_INVALID'],
    ] as const) {
      await expectRefused(open(token), reason);
    }
    const good = await mcpToken(started.lime);
    await expectRefused(
      open(`${good.slice(0, -10)}AAAAAAAAAA`),
      'Invalid token: ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    );
    await expectRefused(open(await keys.sign(claims(), { header: { kid: 'no' } })), 'Invalid token: unknown kid');
    const first = keys.list()[0]?.kid ?? '';
    keys.rotate();
    expect(await statusOf(open(good))).toBe(200);
    keys.retire(first);
    await expectRefused(open(good), 'Invalid token: unknown kid');
  });

  it('of a foreign issuer or a clock that is off is refused, though LIME issued it', async () => {
    const { lime } = started.emulator;
    lime.tokenIssuer = 'https://foreign.test';
    await expectRefused(open(await mcpToken(started.lime)), 'Invalid issuer');
    lime.configure({ tokenIssuer: null, tokenClockOffsetMs: -600_000 });
    await expectRefused(open(await mcpToken(started.lime)), 'Token expired');
    lime.tokenClockOffsetMs = 600_000;
    await expectRefused(open(await mcpToken(started.lime)), 'Invalid token: issued in the future');
  });

  it('expires by the clock, with the leeway that is set', async () => {
    const { clock, mcp } = started.emulator;
    const token = await mcpToken(started.lime);
    clock.advance(400_000);
    expect(await statusOf(open(token))).toBe(200);
    mcp.leewaySeconds = 0;
    await expectRefused(open(token), 'Token expired');
  });

  it('must have a domain if that is required', async () => {
    started.emulator.mcp.requireDomain = true;
    await expectRefused(open(await mcpToken(started.lime)), 'Missing domain claim');
    expect(await statusOf(open(await mcpToken(started.lime, 'localhost')))).toBe(200);
  });

  it('is asked of every method', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      await expectRefused(fetch(started.lime.mcpUrl, { method }), 'Missing token');
    }
  });

  it('opens nothing at the platform', async () => {
    const token = await mcpToken(started.lime);
    for (const path of ['/core/agents/me/profile', '/auth/requests/x']) {
      const headers = { Authorization: `Bearer ${token}` };
      await expectRefusal(fetch(started.lime.apiBase + path, { headers }), 401, 'INVALID_AGENT_TOKEN');
    }
  });
});

it('is seen in the log, without its secrets', async () => {
  const token = await mcpToken(started.lime);
  await statusOf(open(token));
  const { body } = await answerOf(fetch(`${started.url}/__emulator/requests`));
  const { requests } = (body as { data: { requests: object[] } }).data;
  expect(requests.at(-1)).toMatchObject({
    method: 'POST',
    path: '/mcp',
    status: 200,
    headers: { authorization: '***', accept: 'application/json, text/event-stream' },
  });
  expect(JSON.stringify(requests)).not.toContain(token);
});

it('lets pages of any origin call it and read its headers', async () => {
  const preflight = await fetch(started.lime.mcpUrl, {
    method: 'OPTIONS',
    headers: {
      'Access-Control-Request-Method': 'DELETE',
      'Access-Control-Request-Headers': 'authorization,mcp-session-id,mcp-protocol-version,last-event-id',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain('DELETE');
  expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('mcp-protocol-version');
  for (const token of [await mcpToken(started.lime), 'none']) {
    const answer = await open(token);
    await answer.body?.cancel();
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(answer.headers.get('Access-Control-Expose-Headers')).toBe('*');
  }
});

describe('the REST server beside it', () => {
  const echo = (body: string, headers: Record<string, string>) =>
    fetch(`${started.url}/tools/echo`, { method: 'POST', headers, body });

  it('is alive', async () => {
    expect(await answerOf(fetch(`${started.url}/health`))).toEqual({ status: 200, body: { status: 'ok' } });
  });

  it('echoes in the old form and the new', async () => {
    const headers = { Authorization: `Bearer ${await mcpToken(started.lime, 'localhost')}` };
    const sub = started.emulator.lime.listAgents()[0]?.agentId;
    expect(await answerOf(echo('{"text":"hi"}', headers))).toEqual({
      status: 200,
      body: { echo: 'hi', result: 'hi', sub },
    });
    await expectRefusal(echo('{}', headers), 400, 'INVALID_REQUEST');
    await expectRefused(echo('{"text":"hi"}', {}), 'Missing token');
  });
});
