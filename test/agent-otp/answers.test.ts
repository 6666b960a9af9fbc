import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as otp from '../../src/agent-otp/index.js';
import { AgentOtpClient, type AgentOtpClientOptions } from '../../src/agent-otp/index.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { closedPort, httpServer, inTurn, json, tcpServer } from '../http/servers.js';
import { scene } from './helpers.js';

function clientOf(baseUrl: string, options: AgentOtpClientOptions = {}) {
  const client = new AgentOtpClient({
    apiKey: 'ak_hunter2hunter2',
    ownerId: 'o',
    baseUrl,
    retries: 0,
    WebSocket: false,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

const ZOD = {
  success: false,
  error: {
    name: 'ZodError',
    issues: [
      { code: 'too_small', path: ['ttl'], message: 'Too small' },
      { code: 'custom', path: ['scope', 'a'], message: 'Bad' },
    ],
  },
};
const refusal = (code: string, message = 'It says so.') => ({ success: false, error: { code, message } });

describe('what a server sends is the error that it means', () => {
  it.each<[string, number, unknown, string, string]>([
    ['a schema that refuses', 400, ZOD, 'ValidationError', 'VALIDATION_ERROR'],
    ['a refused body', 400, refusal('VALIDATION_ERROR'), 'ValidationError', 'VALIDATION_ERROR'],
    ['422', 422, { code: 'VALIDATION_ERROR', message: 'x' }, 'ValidationError', 'VALIDATION_ERROR'],
    ['a bad key', 401, refusal('UNAUTHORIZED'), 'AuthenticationError', 'UNAUTHORIZED'],
    ['a documented bad key', 401, { code: 'EXPIRED_API_KEY' }, 'AuthenticationError', 'EXPIRED_API_KEY'],
    ['an inactive agent', 403, refusal('FORBIDDEN'), 'ForbiddenError', 'FORBIDDEN'],
    ['nothing there', 404, refusal('NOT_FOUND'), 'NotFoundError', 'NOT_FOUND'],
    ['a conflict', 409, refusal('CONFLICT'), 'ConflictError', 'CONFLICT'],
    ['too many', 429, refusal('RATE_LIMITED'), 'RateLimitError', 'RATE_LIMITED'],
    ['a failure', 500, refusal('INTERNAL_ERROR'), 'ServerError', 'INTERNAL_ERROR'],
    ['a stub', 501, refusal('INTERNAL_ERROR'), 'ServerError', 'INTERNAL_ERROR'],
    ['a bare error', 503, { error: 'no bot' }, 'ServerError', 'INTERNAL_ERROR'],
    ['a teapot', 418, { message: 'short and stout' }, 'AgentOtpError', 'API_ERROR'],
    ['a refusal under 200', 200, refusal('CONFLICT'), 'AgentOtpError', 'CONFLICT'],
    ['a list', 200, [1], 'AgentOtpProtocolError', 'INVALID_RESPONSE'],
    ['no id', 200, { status: 'pending' }, 'AgentOtpProtocolError', 'INVALID_RESPONSE'],
    [
      'an unreadable date',
      200,
      { id: 'a', status: 'pending', expires_at: 'soon' },
      'AgentOtpProtocolError',
      'INVALID_RESPONSE',
    ],
    [
      'a reason that is none',
      200,
      { id: 'a', status: 'denied', reason: {} },
      'AgentOtpProtocolError',
      'INVALID_RESPONSE',
    ],
  ])('%s', async (_, status, body, name, code) => {
    const server = await httpServer(json(status, body));
    const error = await failure(clientOf(server.url).requestPermission({ action: 'a' }));
    expect(error).toBeInstanceOf(otp.AgentOtpError);
    expect(error).toMatchObject({ name, code, status });
  });

  it.each<[string, number, unknown, string]>([
    ['unknown', 404, { code: 'OTP_NOT_FOUND' }, 'OTPNotFoundError'],
    ['unknown without a code', 404, refusal('NOT_FOUND'), 'OTPNotFoundError'],
    ['expired', 410, { code: 'OTP_EXPIRED', expired_at: '2030-01-01T00:00:00Z' }, 'OTPExpiredError'],
    ['expired, as documented', 410, { code: 'EXPIRED' }, 'OTPExpiredError'],
    ['consumed', 410, { code: 'OTP_ALREADY_CONSUMED', consumed_at: '2030-01-01T00:00:00Z' }, 'OTPAlreadyConsumedError'],
    ['consumed, as documented', 409, { code: 'ALREADY_CONSUMED' }, 'OTPAlreadyConsumedError'],
    ['denied', 403, { code: 'OTP_APPROVAL_DENIED', reason: 'never' }, 'OTPApprovalDeniedError'],
    ['cancelled', 410, { code: 'OTP_CANCELLED' }, 'OTPCancelledError'],
    ['not there yet', 409, refusal('CONFLICT'), 'ConflictError'],
  ])('a code that is %s', async (_, status, body, name) => {
    const server = await httpServer(json(status, body));
    const error = await failure(clientOf(server.url).getOTPStatus('x'));
    expect(error).toMatchObject({ name });
    if (error instanceof otp.OTPExpiredError && 'expired_at' in (body as object))
      expect(error.expiredAt).toContain('2030');
    if (error instanceof otp.OTPAlreadyConsumedError && 'consumed_at' in (body as object))
      expect(error.consumedAt).toContain('2030');
    if (error instanceof otp.OTPApprovalDeniedError) expect(error.reason).toBe('never');
  });

  it('each field that a schema refuses is in details', async () => {
    const server = await httpServer(json(400, ZOD));
    const error = await failure(clientOf(server.url).requestPermission({ action: 'a' }));
    expect(error).toMatchObject({ details: { ttl: 'Too small', 'scope.a': 'Bad' } });
    expect(String(error)).toContain('ttl: Too small');
  });

  it('an HTML page is an error that shows its words', async () => {
    const server = await httpServer((_, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>Bad gateway</h1>'),
    );
    expect(await failure(clientOf(server.url).getPermission('x'))).toMatchObject({
      name: 'ServerError',
      message: expect.stringContaining('Bad gateway'),
    });
  });

  it('a success that is no JSON is told of without its text', async () => {
    const server = await httpServer((_, response) => response.end('<html>secret</html>'));
    const error = await failure(clientOf(server.url).getPermission('x'));
    expect(error).toMatchObject({ code: 'INVALID_RESPONSE' });
    expect(String(error)).not.toContain('secret');
  });
});

it.each([
  ['Retry-After', { 'retry-after': '7' }, {}, 7000],
  ['the end of the window', { 'x-ratelimit-reset': String(Date.UTC(2030, 0, 1) + 9000) }, {}, 9000],
  ['the body', {}, { retry_after: 3 }, 3000],
])('how long to wait is read from %s', async (_, headers, body, expected) => {
  const server = await httpServer(json(429, { ...refusal('RATE_LIMITED'), ...body }, headers));
  const error = await failure(
    clientOf(server.url, { clock: new ManualClock(Date.UTC(2030, 0, 1)) }).getPermission('x'),
  );
  expect(error).toMatchObject({ retryAfterMs: expected, retryAfter: expected / 1000 });
});

describe('denied', () => {
  it.each([
    ['under 200, enveloped', 200, { success: true, data: { id: 'p', status: 'denied', reason: 'no' } }],
    ['under 403, bare', 403, { id: 'p', status: 'denied', reason: 'no', denied_by: 'policy', policy_id: 'q' }],
    ['under 403, enveloped', 403, { success: true, data: { id: 'p', status: 'denied', reason: 'no' } }],
  ])('%s is a result', async (_, status, body) => {
    const server = await httpServer(json(status, body));
    expect(await clientOf(server.url).requestPermission({ action: 'a' })).toMatchObject({
      id: 'p',
      status: 'denied',
      reason: 'no',
    });
  });
});

it('snake and camel, enveloped and bare, give the same value', async () => {
  let body: unknown;
  const server = await httpServer((request, response) => json(200, body)(request, response));
  const client = clientOf(server.url);
  const text = fc.string({ minLength: 1, maxLength: 8 });
  const free = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}_?[A-Za-z]{1,3}$/), fc.jsonValue({ maxDepth: 1 }), {
    maxKeys: 3,
  });
  const date = fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((value) => value.toISOString());
  const permission = fc.record(
    {
      id: text,
      status: fc.constantFrom('pending', 'denied', 'used', 'escalated'),
      action: text,
      resource: fc.option(text),
      scope: free,
      context: free,
      decisionReason: fc.option(text),
      decidedBy: fc.option(text),
      decidedAt: fc.option(date),
      expiresAt: date,
      createdAt: date,
      approvalUrl: text,
    },
    { requiredKeys: ['id', 'status'] },
  );
  const snake = (value: object) =>
    Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), item]),
    );
  await fc.assert(
    fc.asyncProperty(permission, async (value) => {
      const results: unknown[] = [];
      for (const form of [value, snake(value), { ...snake(value), ...value }]) {
        for (body of [form, { success: true, data: form }]) results.push(await client.getPermission('x'));
      }
      for (const result of results) expect(result).toEqual(results[0]);
      const first = results[0] as otp.PermissionResponse;
      // JSON has no -0.
      expect(first.scope).toEqual(value.scope && JSON.parse(JSON.stringify(value.scope)));
      expect(first.reason).toBe(value.decisionReason ?? undefined);
      if (value.expiresAt !== undefined) expect(first.expiresAt?.toISOString()).toBe(value.expiresAt);
    }),
    { numRuns: 60 },
  );
});

describe('no answer', () => {
  it('a stalled body ends with the deadline', async () => {
    const server = await httpServer(
      (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":'),
    );
    const client = clientOf(server.url, { timeoutMs: 150 });
    expect(await failure(client.getPermission('x'))).toMatchObject({ name: 'TimeoutError', code: 'TIMEOUT' });
    expect(await failure(client.requestPermission({ action: 'a' }))).toMatchObject({
      name: 'OutcomeUnknownError',
      code: 'OUTCOME_UNKNOWN',
      cause: { code: 'TIMEOUT' },
      retryable: false,
    });
  });

  it('a dropped connection: a read is sent again, a request for permission is not', async () => {
    let connections = 0;
    const server = await tcpServer((socket) => {
      connections++;
      socket.destroy();
    });
    const client = clientOf(server.url, { retries: 2, random: () => 0 });
    expect(await failure(client.getPermission('x'))).toMatchObject({ name: 'NetworkError', code: 'NETWORK_ERROR' });
    expect(connections).toBe(3);
    expect(await failure(client.requestPermission({ action: 'a' }))).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(connections).toBe(4);
  });

  it('a dead server is a network error, whatever was asked', async () => {
    const client = clientOf(`http://127.0.0.1:${await closedPort()}`);
    expect(await failure(client.requestPermission({ action: 'a' }))).toMatchObject({ code: 'NETWORK_ERROR' });
  });

  it.each([
    ['spent', { status: 'used' }, 'used'],
    ['not spent', { status: 'approved' }, 'approved'],
  ])(
    'a use whose answer was lost is not sent again: its status is asked for, and it was %s',
    async (_, state, statusAfter) => {
      let uses = 0;
      const server = await httpServer((request, response) => {
        if (request.method === 'GET')
          return json(200, { id: 'p', token: 'otp_secret123', ...state })(request, response);
        uses++;
        request.socket.destroy();
      });
      const error = await failure(clientOf(server.url, { retries: 3 }).useToken('p', 'otp_secret123'));
      expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', statusAfter });
      expect(uses).toBe(1);
      expect(JSON.stringify(error)).not.toContain('otp_secret');
    },
  );

  it('so is one that the server fails at, even if it cannot be asked', async () => {
    const server = await httpServer(json(500, refusal('INTERNAL_ERROR')));
    const error = await failure(clientOf(server.url).useToken('p', 'otp_secret123'));
    expect(error).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      status: 500,
      statusAfter: undefined,
      cause: { name: 'ServerError' },
    });
  });

  it('an abort reaches the request, and the sleep before the next', async () => {
    const silent = await httpServer(() => {});
    const controller = new AbortController();
    const asking = failure(clientOf(silent.url).getPermission('x', { signal: controller.signal }));
    setTimeout(() => controller.abort('enough'), 30);
    expect(await asking).toBe('enough');
    const failing = await httpServer(json(503, {}, { 'retry-after': '30' }));
    const later = new AbortController();
    const retrying = failure(clientOf(failing.url, { retries: 3 }).getPermission('x', { signal: later.signal }));
    setTimeout(() => later.abort('again'), 60);
    expect(await retrying).toBe('again');
    expect(await failure(clientOf(silent.url).getPermission('x', { signal: AbortSignal.abort('before') }))).toBe(
      'before',
    );
  });
});

it('429 is sent again after the time that the server says', async () => {
  const server = await httpServer(
    inTurn(json(429, {}, { 'retry-after': '1' }), json(200, { id: 'p', status: 'pending' })),
  );
  const begun = performance.now();
  expect(await clientOf(server.url, { retries: 1 }).requestPermission({ action: 'a' })).toMatchObject({ id: 'p' });
  expect(performance.now() - begun).toBeGreaterThan(900);
});

describe('ids stay in their place', () => {
  it.each(['../agents', 'a?b=c', 'a#b', 'a%2fb', 'a/b', 'ü', '%2e%2e'])('%s', async (id) => {
    const server = await httpServer(json(200, { id: 'p', status: 'pending' }));
    await clientOf(server.url).getPermission(id);
    expect(server.requests[0]!.url).toBe(`/api/v1/permissions/${encodeURIComponent(id)}`);
  });

  it.each(['', '.', '..', '\ud800', 7])('%j is refused', async (id) => {
    const server = await httpServer(json(200, {}));
    expect(await failure(clientOf(server.url).getPermission(id as string))).toMatchObject({ name: 'ValidationError' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('arguments that are refused before anything is sent', () => {
  it.each([
    [{ action: '' }, 'action'],
    [{ action: 'a', resource: 1 }, 'resource'],
    [{ action: 'a', scope: [] }, 'scope'],
    [{ action: 'a', context: 'x' }, 'context'],
    [{ action: 'a', ttlSeconds: '5' }, 'ttlSeconds'],
    [{ action: 'a', ttl: -1 }, 'ttlSeconds'],
  ])('%j', async (request, field) => {
    const error = await failure(clientOf('http://localhost:1').requestPermission(request as never));
    expect(error).toMatchObject({ name: 'ValidationError', details: { [field]: expect.any(String) } });
  });

  it('a token that is none', async () => {
    expect(await failure(clientOf('http://localhost:1').useToken('p', ''))).toMatchObject({
      details: { token: expect.any(String) },
    });
    expect(await failure(clientOf('http://localhost:1').decidePermission('p', {} as never))).toMatchObject({
      details: { approved: expect.any(String) },
    });
  });
});

it('published names and units are taken', async () => {
  const server = await httpServer(json(503, {}));
  const client = new AgentOtpClient({
    apiKey: 'ak_1',
    baseUrl: server.url,
    retryAttempts: 1,
    timeout: 5000,
    random: () => 0,
  });
  await failure(client.getPermission('x'));
  expect(server.requests).toHaveLength(2);
  await client.close();
});

it.each([
  ['408', json(408, {})],
  ['503', json(503, {}, { 'retry-after': '0' })],
  ['a page', (_: unknown, response: ServerResponse) => void response.end('<html>')],
  ['JSON that was cut', (_: unknown, response: ServerResponse) => void response.end('{"success":true,')],
] as const)('a use that is answered with %s is not sent again, and its status is told', async (_, answer) => {
  let uses = 0;
  const server = await httpServer((request, response) => {
    if (request.method === 'GET') return json(200, { id: 'p', status: 'used' })(request, response);
    uses++;
    answer(request, response as never);
  });
  const error = await failure(clientOf(server.url, { retries: 3 }).useToken('p', 'otp_secret123'));
  expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', statusAfter: 'used' });
  expect(uses).toBe(1);
});

it.each([3_600_000, -3_600_000])(
  'a window that ends at a time of the server’s is waited out by a clock that is off by %d ms',
  async (byMs) => {
    const one = scene({}, { agentRequestsPerMinute: 2 });
    // The project's own server sends no Retry-After.
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const { body, status, headers } = await one.emulator.fetch(new Request(input, init));
      headers.delete('retry-after');
      return new Response(body, { status, headers });
    };
    const clock = {
      now: () => one.clock.now() + byMs,
      monotonic: () => one.clock.monotonic(),
      sleep: (ms: number, options: object) => one.clock.sleep(ms, options),
    };
    const others = one.another();
    for (const action of ['a', 'b']) await others.requestPermission({ action });
    const client = one.another({ fetch, clock });
    expect(await one.until(client.requestPermission({ action: 'c' }), 500)).toMatchObject({ status: 'pending' });
  },
);

it.each([
  ['TOKEN_EXPIRED', { expired_at: 'then' }, { name: 'TokenExpiredError', expiredAt: 'then' }],
  ['TOKEN_USED', { usedAt: 'then' }, { name: 'TokenUsedError', usedAt: 'then' }],
  [
    'TOKEN_REVOKED',
    { revoked_at: 'then', revoked_by: 'Ada' },
    { name: 'TokenRevokedError', revokedAt: 'then', revokedBy: 'Ada' },
  ],
  ['INVALID_TOKEN', {}, { name: 'InvalidTokenError' }],
])('%s carries what the server says of it', async (code, extras, expected) => {
  const server = await httpServer(json(410, { code, message: 'It says so.', ...extras }));
  expect(await failure(clientOf(server.url).useToken('p', 'otp_1', { strict: true }))).toMatchObject(expected);
});

it('429 carries the limit, and how much is left of it', async () => {
  const limits = { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '0' };
  const [said, silent] = [await httpServer(json(429, {}, limits)), await httpServer(json(429, {}))];
  expect(await failure(clientOf(said.url).getPermission('p'))).toMatchObject({ limit: 60, remaining: 0 });
  expect(await failure(clientOf(silent.url).getPermission('p'))).toMatchObject({
    limit: undefined,
    remaining: undefined,
    retryAfter: undefined,
  });
});
