import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  ApiError,
  AuthenticationError,
  LimeAgent,
  type LimeAgentOptions,
  LimeError,
  LimeInputError,
  LimeProtocolError,
  OAuthCapabilityError,
  RateLimitError,
} from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { emulatorFor, refusal } from './helpers.js';

const SECRET = 'at_live_hunter2';
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
const GOOD = { access_token: JWT, token_type: 'Bearer', expires_in: 300 };
const NO_STORE = { 'cache-control': 'no-store' };

interface Seen {
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** An agent whose platform answers each token request with what `answer` gives. */
function agentOf(answer: (seen: Seen, count: number) => Response | Promise<Response>, options: LimeAgentOptions = {}) {
  const seen: Seen[] = [];
  const clock = new ManualClock();
  const agent = new LimeAgent({
    agentToken: SECRET,
    baseUrl: 'https://lime.test/api/v1',
    maxRetries: 0,
    clock,
    fetch: async (url, init) => {
      const body = init?.body === undefined ? undefined : JSON.parse(String(init.body));
      seen.push({ url: String(url), headers: new Headers(init?.headers), body });
      return answer(seen.at(-1)!, seen.length);
    },
    ...options,
  });
  return { agent, seen, clock };
}

const answers = (body: unknown, init: ResponseInit = { headers: NO_STORE }) =>
  agentOf(() => (typeof body === 'string' ? new Response(body, init) : Response.json(body, init)));
/** Each answer is another token. */
const issuing = (options: LimeAgentOptions = {}, more: object = {}) =>
  agentOf(
    (_, count) => Response.json({ ...GOOD, access_token: `h.p${count}.s`, ...more }, { headers: NO_STORE }),
    options,
  );

describe('the request (LIME contract §1.5, §7.1)', () => {
  it('carries the domain and the agent token, and nothing of MCP', async () => {
    const { agent, seen } = issuing();
    const token = await agent.getMcpAccessToken('https://Tools.Example.org:8443/mcp');
    expect(token).toMatchObject({ accessToken: 'h.p1.s', tokenType: 'Bearer', expiresInSeconds: 300 });
    expect(seen[0]?.url).toBe('https://lime.test/api/v1/modules/oauth/token');
    expect(Object.fromEntries(seen[0]!.headers)).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
      'x-agent-token': SECRET,
    });
    expect(seen[0]?.body).toEqual({ domain: 'tools.example.org' });
  });

  it('without a target is empty, and has no type', async () => {
    const { agent, seen } = issuing();
    await agent.getMcpAccessToken();
    expect(seen[0]?.body).toBeUndefined();
    expect(Object.fromEntries(seen[0]!.headers)).toEqual({ accept: 'application/json', 'x-agent-token': SECRET });
  });

  it("without a target is none under tokenRequest 'domain'", async () => {
    const { agent, seen } = issuing({ tokenRequest: 'domain' });
    for (const call of [agent.getMcpAccessToken(), agent.getMcpAccessToken({ forceRefresh: true })]) {
      expect(await failure(call)).toMatchObject({ name: 'LimeInputError', message: expect.stringContaining('target') });
    }
    expect(seen).toEqual([]);
  });

  it("is empty for every target under tokenRequest 'empty', and one token serves all", async () => {
    const { agent, seen } = issuing({ tokenRequest: 'empty' });
    const tokens = [await agent.getMcpAccessToken('a.org'), await agent.getMcpAccessToken('b.org')];
    expect(tokens[0]).toBe(tokens[1]);
    expect(seen.map(({ body }) => body)).toEqual([undefined]);
  });

  it('is empty for an IP address', async () => {
    const { agent, seen } = issuing({ allowInsecureTargets: true });
    await agent.getMcpAccessToken('http://127.0.0.1:9000/mcp');
    expect(seen.map(({ body }) => body)).toEqual([undefined]);
  });

  it('is not made for a bad target', async () => {
    const { agent, seen } = issuing();
    expect(await failure(agent.getMcpAccessToken('localhost'))).toBeInstanceOf(LimeInputError);
    expect(seen).toEqual([]);
  });
});

describe('a success (§7.2)', () => {
  it.each([
    ['an extra key', { scope: 'mcp' }, NO_STORE],
    ['bearer in small letters', { token_type: 'bearer' }, NO_STORE],
    ['a lifetime as text', { expires_in: '300' }, NO_STORE],
    ['more cache directives', {}, { 'cache-control': 'private, No-Store' }],
  ])('may have %s', async (_, change, headers) => {
    const { agent } = answers({ ...GOOD, ...change }, { headers });
    expect(await agent.getMcpAccessToken('a.org')).toMatchObject({ accessToken: JWT, expiresInSeconds: 300 });
  });

  it.each<[string, unknown, Record<string, string>]>([
    ['no token', { access_token: undefined }, NO_STORE],
    ['a token of two parts', { access_token: 'a.b' }, NO_STORE],
    ['a token of four parts', { access_token: 'a.b.c.d' }, NO_STORE],
    ['a token that no header can hold', { access_token: 'a.\n.c' }, NO_STORE],
    ['another type', { token_type: 'mac' }, NO_STORE],
    ['no type', { token_type: undefined }, NO_STORE],
    ['no lifetime', { expires_in: undefined }, NO_STORE],
    ['a lifetime of 0', { expires_in: 0 }, NO_STORE],
    ['a negative lifetime', { expires_in: -1 }, NO_STORE],
    ['a lifetime that is no number', { expires_in: 'soon' }, NO_STORE],
    ['a lifetime of null', { expires_in: null }, NO_STORE],
    ['no Cache-Control', {}, {}],
    ['another Cache-Control', {}, { 'cache-control': 'no-store-please' }],
  ])('with %s is no token', async (_, change, headers) => {
    const { agent } = answers({ ...GOOD, ...(change as object) }, { headers });
    const error = await failure(agent.getMcpAccessToken('a.org'));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'INVALID_TOKEN_RESPONSE', httpStatus: 200 });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(JWT.slice(20));
  });

  it.each(['', '<html>', '[]', '"text"', 'null'])('of %j is not what LIME says', async (body) => {
    const error = await failure(answers(body).agent.getMcpAccessToken('a.org'));
    expect(error).toBeInstanceOf(LimeProtocolError);
    expect(error).toMatchObject({ httpStatus: 200 });
  });

  it('shows its secret to nobody but who asks for it', async () => {
    const token = await answers(GOOD).agent.getMcpAccessToken('a.org');
    expect(inspect(token, { showHidden: true, depth: 9 }) + JSON.stringify(token)).not.toContain(JWT);
    expect(token.expiresAt).toEqual(new Date(Date.UTC(2030, 0, 1) + 300_000));
    expect(Object.isFrozen(token)).toBe(true);
  });
});

describe('a refusal (§7.3)', () => {
  const rfc = (error: string, error_description?: string) => ({ error, error_description });

  it.each<[string, number, unknown, typeof LimeError, string]>([
    ['no JSON', 500, '<html>', LimeError, 'INVALID_RESPONSE'],
    ['no object', 500, '[1]', LimeError, 'INVALID_RESPONSE'],
    ['RFC 401', 401, rfc('anything'), AuthenticationError, 'anything'],
    ['RFC invalid_client', 400, rfc('invalid_client'), AuthenticationError, 'invalid_client'],
    ['RFC INVALID_AGENT_TOKEN', 403, rfc('INVALID_AGENT_TOKEN'), AuthenticationError, 'INVALID_AGENT_TOKEN'],
    ['RFC access_denied', 403, rfc('access_denied'), OAuthCapabilityError, 'access_denied'],
    ['RFC 400', 400, rfc('unsupported_grant_type'), ApiError, 'unsupported_grant_type'],
    ['RFC invalid_request', 422, rfc('invalid_request'), ApiError, 'invalid_request'],
    ['RFC 429', 429, rfc('slow_down'), RateLimitError, 'slow_down'],
    ['RFC 429 invalid_request', 429, rfc('invalid_request'), RateLimitError, 'invalid_request'],
    ['RFC anything else', 503, rfc('temporarily_unavailable'), ApiError, 'temporarily_unavailable'],
    ['ok beside a status of failure', 500, { ok: true, data: {} }, LimeError, 'INVALID_RESPONSE'],
    ['ok without data', 500, { ok: true }, LimeError, 'INVALID_RESPONSE'],
    ['no error object', 500, { ok: false, error: 7 }, LimeError, 'INVALID_RESPONSE'],
    ['429', 429, refusal('SLOW'), RateLimitError, 'SLOW'],
    ['RATE_LIMIT_EXCEEDED', 400, refusal('RATE_LIMIT_EXCEEDED'), RateLimitError, 'RATE_LIMIT_EXCEEDED'],
    [
      'OAUTH_CAPABILITY_DENIED',
      403,
      refusal('OAUTH_CAPABILITY_DENIED'),
      OAuthCapabilityError,
      'OAUTH_CAPABILITY_DENIED',
    ],
    [
      'the same at any status',
      500,
      refusal('OAUTH_CAPABILITY_DENIED'),
      OAuthCapabilityError,
      'OAUTH_CAPABILITY_DENIED',
    ],
    ['401', 401, refusal('ANY'), AuthenticationError, 'ANY'],
    ['INVALID_AGENT_TOKEN', 400, refusal('INVALID_AGENT_TOKEN'), AuthenticationError, 'INVALID_AGENT_TOKEN'],
    ['503', 503, refusal('OAUTH_TOKEN_ISSUANCE_FAILED'), ApiError, 'OAUTH_TOKEN_ISSUANCE_FAILED'],
    ['anything else', 418, refusal('TEAPOT'), ApiError, 'TEAPOT'],
  ])('%s', async (_, status, body, Class, code) => {
    const { agent, seen } = answers(body, { status, headers: { 'retry-after': '7', ...NO_STORE } });
    const call = agent.getMcpAccessToken({ forceRefresh: true });
    const error = (await failure(call)) as LimeError;
    expect(Object.getPrototypeOf(error)).toBe(
      code === 'INVALID_RESPONSE' ? LimeProtocolError.prototype : Class.prototype,
    );
    expect(error).toBeInstanceOf(LimeError);
    expect(error).toMatchObject({ code, httpStatus: status });
    if (error instanceof RateLimitError) expect(error).toMatchObject({ retryAfter: 7, retryable: true });
    expect(seen).toHaveLength(1);
  });

  it('says what the server said: the description, else the code', async () => {
    const messageOf = async (body: unknown) =>
      ((await failure(answers(body, { status: 400 }).agent.getMcpAccessToken())) as Error).message;
    expect(await messageOf(rfc('invalid_scope', 'No such scope.'))).toBe('No such scope.');
    expect(await messageOf(rfc('invalid_scope'))).toBe('invalid_scope');
  });

  it('has the agent token taken out, should the server quote it', async () => {
    for (const body of [rfc(SECRET, `Who is ${SECRET}?`), refusal(SECRET, { message: SECRET })]) {
      const error = await failure(answers(body, { status: 400 }).agent.getMcpAccessToken());
      expect(inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)).not.toContain(SECRET);
    }
  });

  it('is cached by nobody', async () => {
    const { agent } = agentOf((_, count) =>
      count === 1 ? Response.json(rfc('x'), { status: 400 }) : Response.json(GOOD, { headers: NO_STORE }),
    );
    await failure(agent.getMcpAccessToken('a.org'));
    expect((await agent.getMcpAccessToken('a.org')).accessToken).toBe(JWT);
  });

  it('comes after the usual retries', async () => {
    const { emulator, lime } = await emulatorFor();
    const agent = new LimeAgent({ agentToken: lime.agentToken, baseUrl: lime.apiBase, random: () => 0 });
    emulator.faults.add({ path: '/api/v1/modules/oauth/token', times: 2, respond: { status: 503, body: 'busy' } });
    emulator.faults.add({ path: '/api/v1/modules/oauth/token', times: 1, lose: 'after' });
    expect((await agent.getMcpAccessToken('a.org')).expiresInSeconds).toBe(300);
    expect(emulator.requests).toHaveLength(4);
  });
});

describe('the cache (§7.4)', () => {
  it('has one token a domain, whatever the spelling of the target, and one for none', async () => {
    const { agent, seen } = issuing();
    const [first, ...same] = await Promise.all(
      ['a.org', 'https://A.org/mcp', 'a.org:8443', 'http://a.org/x'].map((target) => agent.getMcpAccessToken(target)),
    );
    expect(new Set([first, ...same]).size).toBe(1);
    const others = [await agent.getMcpAccessToken('b.org'), await agent.getMcpAccessToken()];
    expect(new Set([first, ...others]).size).toBe(3);
    expect(await agent.getMcpAccessToken()).toBe(others[1]);
    expect(seen).toHaveLength(3);
  });

  it.each([
    ['30 s before its end', {}, 300, 270_000],
    ['the skew before its end', { mcpTokenRefreshSkewMs: 60_000 }, 300, 240_000],
    ['at its end without a skew', { mcpTokenRefreshSkewMs: 0 }, 300, 300_000],
    ['after half of its time, if the skew is longer', {}, 40, 20_000],
    ['after half of its time, if that is short', { mcpTokenRefreshSkewMs: 600_000 }, 10, 5_000],
  ])('replaces a token %s', async (_, options, expires_in, staleAfterMs) => {
    const { agent, clock, seen } = issuing(options, { expires_in });
    await agent.getMcpAccessToken('a.org');
    clock.advance(staleAfterMs - 1);
    await agent.getMcpAccessToken('a.org');
    expect(seen).toHaveLength(1);
    clock.advance(1);
    await agent.getMcpAccessToken('a.org');
    expect(seen).toHaveLength(2);
  });

  it('is passed over by a forced refresh, which is what it has from then on', async () => {
    const { agent, seen } = issuing();
    await agent.getMcpAccessToken('a.org');
    const forced = await agent.getMcpAccessToken('a.org', { forceRefresh: true });
    expect(forced.accessToken).toBe('h.p2.s');
    expect(await agent.getMcpAccessToken('a.org')).toBe(forced);
    await Promise.all([1, 2].map(() => agent.getMcpAccessToken('a.org', { forceRefresh: true })));
    expect(seen).toHaveLength(4);
  });

  it('lets a thousand callers share one request', async () => {
    const { agent, seen } = issuing();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => agent.getMcpAccessToken('a.org')));
    expect([seen.length, new Set(tokens).size]).toEqual([1, 1]);
  });

  it('lets one caller leave without taking the others along, and ends the request with the last', async () => {
    let aborted = 0;
    let answer = () => {};
    const agent = new LimeAgent({
      agentToken: SECRET,
      fetch: (_, init) =>
        new Promise((resolve) => {
          init?.signal?.addEventListener('abort', () => aborted++);
          answer = () => resolve(Response.json(GOOD, { headers: NO_STORE }));
        }),
    });
    const leaving = new AbortController();
    const left = failure(agent.getMcpAccessToken('a.org', { signal: leaving.signal }));
    const stayed = agent.getMcpAccessToken('a.org');
    leaving.abort(new RangeError('gone'));
    expect(await left).toEqual(new RangeError('gone'));
    expect(aborted).toBe(0);
    answer();
    expect((await stayed).accessToken).toBe(JWT);

    const alone = new AbortController();
    const last = failure(agent.getMcpAccessToken('b.org', { signal: alone.signal }));
    await new Promise(setImmediate);
    alone.abort(new RangeError('gone'));
    expect(await last).toEqual(new RangeError('gone'));
    expect(aborted).toBe(1);
  });
});

describe("tokenRequest 'auto'", () => {
  const bodies = (seen: readonly Seen[]) => seen.map(({ body }) => (body === undefined ? 'empty' : 'domain'));

  async function against(acceptedTokenRequests: 'both' | 'domain' | 'empty', options: LimeAgentOptions = {}) {
    const { emulator, lime } = await emulatorFor();
    emulator.lime.acceptedTokenRequests = acceptedTokenRequests;
    const seen: unknown[] = [];
    const agent = new LimeAgent({
      agentToken: lime.agentToken,
      baseUrl: lime.apiBase,
      fetch: (url, init) => {
        seen.push(init?.body === undefined ? 'empty' : JSON.parse(String(init.body)).domain);
        return fetch(url, init);
      },
      ...options,
    });
    return { emulator, agent, seen };
  }

  it.each(['both', 'domain'] as const)('sends the domain to a platform that takes %s', async (accepted) => {
    const { agent, seen } = await against(accepted);
    await agent.getMcpAccessToken('a.org');
    await agent.getMcpAccessToken('b.org');
    expect(seen).toEqual(['a.org', 'b.org']);
  });

  it('finds out that a platform wants none, and remembers it', async () => {
    const { agent, seen } = await against('empty');
    const [a, b] = [await agent.getMcpAccessToken('a.org'), await agent.getMcpAccessToken('b.org')];
    expect(seen).toEqual(['a.org', 'empty']);
    expect(a).toBe(b);
    await agent.getMcpAccessToken('c.org', { forceRefresh: true });
    expect(seen).toEqual(['a.org', 'empty', 'empty']);
  });

  it('follows a platform that changes over to domains', async () => {
    const { emulator, agent, seen } = await against('empty');
    await agent.getMcpAccessToken('a.org');
    emulator.lime.acceptedTokenRequests = 'domain';
    await agent.getMcpAccessToken('a.org', { forceRefresh: true });
    await agent.getMcpAccessToken('b.org');
    expect(seen).toEqual(['a.org', 'empty', 'empty', 'a.org', 'b.org']);
  });

  it('does not go back to none once a domain was taken: the refusal is about the domain', async () => {
    const { agent, seen } = agentOf(({ body }) =>
      (body as { domain?: string } | undefined)?.domain === 'bad.org'
        ? Response.json({ error: 'invalid_request' }, { status: 400 })
        : Response.json(GOOD, { headers: NO_STORE }),
    );
    await agent.getMcpAccessToken('good.org');
    expect(await failure(agent.getMcpAccessToken('bad.org'))).toMatchObject({ code: 'invalid_request' });
    expect(bodies(seen)).toEqual(['domain', 'domain']);
  });

  it('throws what was said to the domain if both are refused, and begins with the domain again', async () => {
    const { agent, seen } = agentOf(({ body }) =>
      Response.json({ error: 'invalid_request', error_description: body ? 'domain' : 'empty' }, { status: 400 }),
    );
    for (const _ of [1, 2]) {
      expect(await failure(agent.getMcpAccessToken('a.org'))).toMatchObject({ message: 'domain' });
    }
    expect(bodies(seen)).toEqual(['domain', 'empty', 'domain', 'empty']);
  });

  it('tries nothing else after another refusal', async () => {
    const { agent, seen } = answers({ error: 'invalid_scope' }, { status: 400 });
    await failure(agent.getMcpAccessToken('a.org'));
    expect(bodies(seen)).toEqual(['domain']);
  });

  it.each([
    ['domain', 'empty'],
    ['empty', 'domain'],
  ] as const)('is not what %s does', async (tokenRequest, acceptedTokenRequests) => {
    const { agent, seen } = await against(acceptedTokenRequests, { tokenRequest });
    expect(await failure(agent.getMcpAccessToken('a.org'))).toMatchObject({ code: 'invalid_request', httpStatus: 400 });
    expect(seen).toHaveLength(1);
  });
});

describe('an agent without the capability', () => {
  it.each([
    ['envelope', 'OAUTH_CAPABILITY_DENIED'],
    ['rfc', 'access_denied'],
  ] as const)('is told so (%s)', async (capabilityDenial, code) => {
    const { emulator, lime } = await emulatorFor();
    emulator.lime.capabilityDenial = capabilityDenial;
    const agent = new LimeAgent({ agentToken: lime.agentTokenWithoutMcp, baseUrl: lime.apiBase });
    const error = await failure(agent.getMcpAccessToken('a.org'));
    expect(error).toBeInstanceOf(OAuthCapabilityError);
    expect(error).toMatchObject({ code, httpStatus: 403 });
  });
});

it('an aborted call sends nothing, and a closed client refuses', async () => {
  const { agent, seen } = issuing();
  const signal = AbortSignal.abort(new RangeError('no'));
  expect(await failure(agent.getMcpAccessToken('a.org', { signal }))).toEqual(new RangeError('no'));
  expect(await failure(agent.getMcpAccessToken({ signal }))).toEqual(new RangeError('no'));
  await agent.close();
  expect(await failure(agent.getMcpAccessToken('a.org'))).toMatchObject({ name: 'LimeError', code: 'CLOSED' });
  expect(seen).toEqual([]);
});
