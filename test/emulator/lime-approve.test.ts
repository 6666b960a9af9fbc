import { beforeEach, describe, expect, it } from 'vitest';
import { createEmulator, type Emulator, type LoginRequest } from '../../src/emulator/index.js';
import type { PowAlgorithm } from '../../src/pow/prefix.js';
import vectors from '../vectors/pow-vectors.json' with { type: 'json' };
import { answerOf, approve, approvePath, EASY, expectRefusal, findNonce, findWrongNonce, post } from './helpers.js';
import { ManualClock } from './manual-clock.js';

let emulator: Emulator;
let request: LoginRequest;

beforeEach(() => {
  emulator = createEmulator({ lime: { difficulty: EASY }, clock: new ManualClock(Date.UTC(2026, 0, 2)) });
  request = emulator.lime.createLoginRequest();
});

const state = () => emulator.lime.getLoginRequest(request.requestId);

it('approves and answers the five fields', async () => {
  const agent = emulator.lime.addAgent();
  expect(await answerOf(approve(emulator, request.requestId, findNonce(request), agent.token))).toEqual({
    status: 200,
    body: {
      ok: true,
      data: {
        request_id: request.requestId,
        site_id: request.siteId,
        status: 'APPROVED',
        expires_at: '2026-01-02T00:05:00.000+00:00',
        approved_agent_id: agent.agentId,
      },
    },
  });
  expect(state()).toEqual({ ...request, status: 'APPROVED', approvedAgentId: agent.agentId });
});

it('lets an agent without MCP log in', async () => {
  const { agentTokenWithoutMcp } = emulator.lime;
  expect((await approve(emulator, request.requestId, findNonce(request), agentTokenWithoutMcp)).status).toBe(200);
});

it('refuses by lane', async () => {
  const { agentToken, siteToken } = emulator.lime;
  const refusals: [Record<string, string>, number, string][] = [
    [{}, 401, 'MISSING_AGENT_TOKEN'],
    [{ 'X-Agent-Token': ' ' }, 401, 'MISSING_AGENT_TOKEN'],
    [{ 'X-Site-Token': siteToken }, 401, 'MISSING_AGENT_TOKEN'],
    [{ 'X-Agent-Token': 'at_unknown' }, 401, 'INVALID_AGENT_TOKEN'],
    [{ 'X-Agent-Token': siteToken }, 401, 'INVALID_AGENT_TOKEN'],
    [{ 'X-Agent-Token': emulator.lime.addAgent({ active: false }).token }, 403, 'AGENT_INACTIVE'],
    [{ 'X-Agent-Token': emulator.lime.addAgent({ userSuspended: true }).token }, 403, 'AGENT_USER_SUSPENDED'],
    [{ Authorization: 'Bearer a.b.c' }, 401, 'INVALID_AGENT_TOKEN'],
    [{ Authorization: 'Bearer a.b.c', 'X-Agent-Token': agentToken }, 401, 'INVALID_AGENT_TOKEN'],
  ];
  for (const [headers, status, code] of refusals) {
    const response = post(emulator, approvePath(request.requestId), headers, { pow_nonce: findNonce(request) });
    await expectRefusal(response, status, code);
  }
  expect(state()?.status).toBe('PENDING');
});

describe('the order of checks (contract §4.4)', () => {
  it('token, request, nonce present, nonce right, state', async () => {
    const approved = emulator.lime.createLoginRequest();
    await approve(emulator, approved.requestId, findNonce(approved));
    const expired = emulator.lime.createLoginRequest();
    emulator.lime.expireLoginRequest(expired.requestId);

    const [good, bad] = [emulator.lime.agentToken, 'at_unknown'];
    const rows: [string, string, unknown, number, string][] = [
      // Everything is wrong; each row then puts one more thing right.
      [bad, 'unknown', undefined, 401, 'INVALID_AGENT_TOKEN'],
      [bad, approved.requestId, findNonce(approved), 401, 'INVALID_AGENT_TOKEN'],
      [good, 'unknown', undefined, 404, 'SITE_LOGIN_REQUEST_NOT_FOUND'],
      [good, 'unknown', 'wrong', 404, 'SITE_LOGIN_REQUEST_NOT_FOUND'],
      [good, approved.requestId, undefined, 400, 'MISSING_POW_NONCE'],
      [good, expired.requestId, undefined, 400, 'MISSING_POW_NONCE'],
      [good, approved.requestId, findWrongNonce(approved), 400, 'INVALID_POW'],
      [good, expired.requestId, findWrongNonce(expired), 400, 'INVALID_POW'],
      [good, approved.requestId, findNonce(approved), 409, 'SITE_LOGIN_CONFLICT'],
      [good, expired.requestId, findNonce(expired), 410, 'REQUEST_EXPIRED'],
    ];
    for (const [token, id, nonce, status, code] of rows) {
      await expectRefusal(approve(emulator, id, nonce, token), status, code);
    }
  });

  it('judges a malformed body only after token and request', async () => {
    const { agentToken } = emulator.lime;
    const rows: [string, string, number, string][] = [
      ['at_unknown', request.requestId, 401, 'INVALID_AGENT_TOKEN'],
      [agentToken, 'unknown', 404, 'SITE_LOGIN_REQUEST_NOT_FOUND'],
      [agentToken, request.requestId, 400, 'INVALID_REQUEST'],
    ];
    for (const [token, id, status, code] of rows) {
      await expectRefusal(post(emulator, approvePath(id), { 'X-Agent-Token': token }, '{nope'), status, code);
    }
  });
});

describe('the nonce', () => {
  it('is missing unless it is a non-empty string', async () => {
    const path = approvePath(request.requestId);
    const headers = { 'X-Agent-Token': emulator.lime.agentToken };
    for (const body of [undefined, {}, [], 'null', '7', '"x"', { nonce: '1' }]) {
      await expectRefusal(post(emulator, path, headers, body), 400, 'MISSING_POW_NONCE');
    }
    for (const nonce of [null, '', 7, true, ['1'], {}]) {
      await expectRefusal(approve(emulator, request.requestId, nonce), 400, 'MISSING_POW_NONCE');
    }
  });

  it('leaves the request as it was when it is wrong, and the same challenge still works', async () => {
    for (const nonce of [findWrongNonce(request), '\ud800']) {
      await expectRefusal(approve(emulator, request.requestId, nonce), 400, 'INVALID_POW');
      expect(state()).toEqual(request);
    }
    expect((await approve(emulator, request.requestId, findNonce(request))).status).toBe(200);

    const hard = emulator.lime.createLoginRequest({ difficulty: 20, challenge: 'fixed' });
    await expectRefusal(approve(emulator, hard.requestId, 'definitely-invalid-nonce'), 400, 'INVALID_POW');
    expect(emulator.lime.getLoginRequest(hard.requestId)).toEqual(hard);
  });

  it('need not be decimal', async () => {
    const easy = emulator.lime.createLoginRequest({ difficulty: 0 });
    expect((await approve(emulator, easy.requestId, 'any text ☂')).status).toBe(200);
  });

  it('is judged as the vectors of the contract say', async () => {
    for (const { challenge, nonce, difficulty, algorithm, valid } of vectors.checks) {
      emulator.lime.acceptedAlgorithms = [algorithm as PowAlgorithm];
      const { requestId } = emulator.lime.createLoginRequest({ challenge, difficulty });
      const { status, body } = await answerOf(approve(emulator, requestId, nonce));
      if (nonce === '') expect(body).toMatchObject({ error: { code: 'MISSING_POW_NONCE' } });
      else expect(status, `${algorithm} ${difficulty} ${nonce}`).toBe(valid ? 200 : 400);
    }
  });
});

it('accepts the digests that it is set to', async () => {
  const { lime } = emulator;
  const attempt = async (algorithm: 'legacy' | 'r14') => {
    const fresh = lime.createLoginRequest();
    const nonce = findNonce(fresh, algorithm, algorithm === 'legacy' ? 'r14' : 'legacy');
    return (await approve(emulator, fresh.requestId, nonce)).status;
  };
  expect([await attempt('legacy'), await attempt('r14')]).toEqual([200, 200]);
  lime.acceptedAlgorithms = ['legacy'];
  expect([await attempt('legacy'), await attempt('r14')]).toEqual([200, 400]);
  lime.acceptedAlgorithms = ['r14'];
  expect([await attempt('legacy'), await attempt('r14')]).toEqual([400, 200]);
});

it('lets exactly one of many simultaneous approvals win', async () => {
  const agents = Array.from({ length: 64 }, () => emulator.lime.addAgent());
  const nonce = findNonce(request);
  const answers = await Promise.all(
    agents.map(({ token }) => answerOf(approve(emulator, request.requestId, nonce, token))),
  );
  const winners = answers.filter(({ status }) => status === 200);
  expect(winners).toHaveLength(1);
  expect(winners[0]?.body).toMatchObject({ data: { approved_agent_id: state()?.approvedAgentId } });
  const losers = answers.filter(({ status, body }) => {
    return status === 409 && (body as { error: { code: string } }).error.code === 'SITE_LOGIN_CONFLICT';
  });
  expect(losers).toHaveLength(63);
});

it('expires by the clock, to the millisecond', async () => {
  const brief = emulator.lime.createLoginRequest({ expiresInMs: 1000 });
  const nonce = findNonce(brief);
  emulator.clock.advance(1000);
  await expectRefusal(approve(emulator, brief.requestId, nonce), 410, 'REQUEST_EXPIRED');
  const inTime = emulator.lime.createLoginRequest({ expiresInMs: 1000 });
  emulator.clock.advance(999);
  expect((await approve(emulator, inTime.requestId, findNonce(inTime))).status).toBe(200);
});
