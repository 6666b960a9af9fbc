import { describe, expect, it } from 'vitest';
import { ApiError, AuthenticationError, LimeAgent, type LimeError, LimeLogin } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { APPROVE, DIFFICULTY, emulatorFor, scene } from './helpers.js';

describe('login', () => {
  it('fetches, solves and approves', async () => {
    const { emulator, lime, request, traffic } = await scene();
    const { requestId, siteId, expiresAt } = request();
    const result = await lime.login(requestId);
    const approved = emulator.lime.getLoginRequest(requestId);
    expect(approved).toMatchObject({ status: 'APPROVED', approvedAgentId: expect.any(String) });
    expect(result).toEqual({
      requestId,
      siteId,
      status: 'APPROVED',
      expiresAt,
      approvedAgentId: approved?.approvedAgentId,
      proofOfWork: {
        difficulty: DIFFICULTY,
        algorithm: 'legacy',
        hashes: expect.any(Number),
        elapsedMs: expect.any(Number),
        kernel: expect.stringMatching(/^(simd|scalar|js)$/),
        transport: expect.any(String),
        threads: 1,
      },
    });
    expect(result.expiresAt).toBeInstanceOf(Date);
    expect(Object.isFrozen(result) && Object.isFrozen(result.proofOfWork)).toBe(true);
    expect(traffic()).toEqual(['GET 200', 'POST 200']);
  });

  it('works on a LimeAgent, and under its older name', async () => {
    const { emulator, lime } = await emulatorFor();
    const agent = new LimeAgent({ agentToken: lime.agentToken, baseUrl: `${lime.apiBase}//` });
    expect(agent).toBeInstanceOf(LimeLogin);
    const { requestId } = emulator.lime.createLoginRequest();
    expect(await agent.approve(`\n ${requestId}\t`)).toMatchObject({ requestId, status: 'APPROVED' });
    await agent.aclose();
    expect(await failure(agent.login(requestId))).toMatchObject({ code: 'CLOSED' });
  });

  it('sends the token with the approval, and nothing of it with the public request', async () => {
    const { emulator, lime, request } = await scene({ agentToken: ' at_live_hunter2 ' });
    await failure(lime.login(request().requestId));
    const [challenge, approve] = emulator.requests.map(({ headers }) => headers);
    expect(challenge).toMatchObject({ accept: 'application/json' });
    expect(Object.keys(challenge!)).not.toContain('content-type');
    expect(Object.values(challenge!)).not.toContain('***');
    expect(approve).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
      'x-agent-token': '***',
    });
  });

  it('is not moved by a fetch that marks every request it gets', async () => {
    const seen: (string | null)[] = [];
    const marking: typeof fetch = (url, init) => {
      const headers = init?.headers as Headers;
      seen.push(headers.get('x-agent-token'));
      headers.set('x-agent-token', 'of the fetch');
      return Promise.reject(new TypeError(String(url)));
    };
    const { lime } = await scene({ fetch: marking, agentToken: 'at_1', maxRetries: 0 });
    await failure(lime.login('one'));
    await failure(lime.login('two'));
    expect(seen).toEqual([null, null]);
  });

  it('calls an injected fetch unbound', async () => {
    const { request, lime } = await scene({
      fetch: function (this: unknown, ...args: Parameters<typeof fetch>) {
        if (this !== undefined) throw new TypeError('Illegal invocation');
        return fetch(...args);
      },
    });
    expect((await lime.login(request().requestId)).status).toBe('APPROVED');
  });

  it.each([0, -3])('answers a difficulty of %d without work', async (difficulty) => {
    const { lime, request, nonces } = await scene();
    const { proofOfWork } = await lime.login(request({ difficulty }).requestId);
    expect(proofOfWork).toMatchObject({ difficulty, hashes: 0, kernel: 'none', transport: 'none' });
    expect(nonces).toEqual(['0']);
  });

  it.each(['', 'é"\0 😀', 'x'.repeat(20_000)])('solves the challenge %.20j', async (challenge) => {
    const { lime, request } = await scene();
    expect((await lime.login(request({ challenge }).requestId)).status).toBe('APPROVED');
  });

  it('tells of its progress, and survives a listener that throws', async () => {
    const { lime, request, emulator } = await scene({ powTimeoutMs: 2_000 });
    emulator.lime.difficulty = 30;
    const heard: unknown[] = [];
    const onProgress = (progress: unknown) => {
      heard.push(progress);
      throw new Error('not my day');
    };
    expect(await failure(lime.login(request().requestId, { onProgress }))).toMatchObject({ code: 'POW_TIMEOUT' });
    expect(heard[0]).toEqual({
      difficulty: 30,
      algorithm: 'legacy',
      hashes: expect.any(Number),
      elapsedMs: expect.any(Number),
      hashesPerSecond: expect.any(Number),
      probability: expect.any(Number),
    });
  });

  it('serves many logins at once', async () => {
    const { emulator, lime, request } = await scene();
    const ids = Array.from({ length: 40 }, () => request().requestId);
    const results = await Promise.all(ids.map((id) => lime.login(id)));
    expect(results.map(({ requestId }) => requestId)).toEqual(ids);
    expect(emulator.lime.listLoginRequests().every(({ status }) => status === 'APPROVED')).toBe(true);
  });

  it('is won by exactly one of eight that approve the same request', async () => {
    let challenges = 0;
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { lime, request, emulator } = await scene({
      fetch: async (url, init) => {
        if (init?.method === 'POST') await gate;
        const response = await fetch(url, init);
        if (init?.method === 'GET' && ++challenges === 8) open();
        return response;
      },
    });
    const { requestId } = request();
    const settled = await Promise.allSettled(Array.from({ length: 8 }, () => lime.login(requestId)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of settled) {
      if (end.status === 'fulfilled') continue;
      expect(end.reason).toBeInstanceOf(ApiError);
      expect(end.reason).toMatchObject({ code: 'SITE_LOGIN_CONFLICT', httpStatus: 409, requestId });
    }
    expect(emulator.lime.getLoginRequest(requestId)?.status).toBe('APPROVED');
  });
});

describe('login is refused', () => {
  it('with a token that the platform does not know', async () => {
    const { lime, request } = await scene({ agentToken: 'at_live_hunter2' });
    const error = await failure(lime.login(request().requestId));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'INVALID_AGENT_TOKEN', httpStatus: 401, retryable: false });
  });

  it('for an unknown request', async () => {
    const { lime, traffic } = await scene();
    const error = await failure(lime.login('nobody-knows'));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      name: 'ApiError',
      code: 'SITE_LOGIN_REQUEST_NOT_FOUND',
      httpStatus: 404,
      requestId: 'nobody-knows',
    });
    expect(traffic()).toEqual(['GET 404']);
  });

  it('for an expired request', async () => {
    const { emulator, lime, request } = await scene();
    const { requestId } = request();
    emulator.lime.expireLoginRequest(requestId);
    expect(await failure(lime.login(requestId))).toMatchObject({ code: 'SITE_LOGIN_REQUEST_NOT_FOUND' });
  });

  it('for a request that expires while it is solved', async () => {
    const { emulator, lime, request } = await scene({
      fetch: async (url, init) => {
        if (init?.method === 'POST') emulator.lime.expireLoginRequest(requestId);
        return fetch(url, init);
      },
    });
    const { requestId } = request();
    const error = await failure(lime.login(requestId));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'REQUEST_EXPIRED', retryable: false });
  });

  it('for a request that is approved already', async () => {
    const { lime, request } = await scene();
    const { requestId } = request();
    await lime.login(requestId);
    expect(await failure(lime.login(requestId))).toMatchObject({ code: 'SITE_LOGIN_REQUEST_NOT_FOUND' });
  });

  it.each(['', '   ', '\n\t', '.', '..', ' .. ', '\ud800', undefined, null, 7])(
    'for the id %j, before any request',
    async (id) => {
      const { lime, traffic, told } = await scene();
      const error = await failure(lime.login(id as string));
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ code: 'INVALID_REQUEST_ID', httpStatus: 400 });
      expect(traffic()).toEqual([]);
      expect(told).toEqual([]);
    },
  );

  it.each([
    ['a/b', 'a%2Fb'],
    ['x/../..', 'x%2F..%2F..'],
    ['a?b=c', 'a%3Fb%3Dc'],
    ['a#b', 'a%23b'],
    ['100%', '100%25'],
    ['%2e%2e', '%252e%252e'],
    ['..\\..', '..%5C..'],
    ['é 😀', '%C3%A9%20%F0%9F%98%80'],
    ['...', '...'],
  ])('for the id %j at its own path', async (id, segment) => {
    const { emulator, lime } = await scene();
    expect(await failure(lime.login(id))).toMatchObject({ code: 'SITE_LOGIN_REQUEST_NOT_FOUND', requestId: id });
    expect(emulator.requests.map(({ path }) => path)).toEqual([`/api/v1/auth/requests/${segment}`]);
  });

  it('and may be tried again with the same id', async () => {
    const { emulator, lime, request } = await scene({ maxRetries: 0 });
    const { requestId } = request();
    emulator.faults.add({ path: APPROVE, times: 1, respond: { status: 503, body: 'busy' } });
    expect(((await failure(lime.login(requestId))) as LimeError).retryable).toBe(true);
    expect((await lime.login(requestId)).status).toBe('APPROVED');
  });
});
