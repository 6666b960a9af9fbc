import { describe, expect, it } from 'vitest';
import type { ForcedAnswer } from '../../src/emulator/index.js';
import * as lime from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { APPROVE, CHALLENGE, refusal, scene } from './helpers.js';

async function challengeAnswered(respond: ForcedAnswer) {
  const one = await scene({ maxRetries: 0 });
  one.emulator.faults.add({ path: CHALLENGE, respond });
  return (await failure(one.lime.login('one'))) as lime.LimeError;
}

/** The error when one field of the approval's answer is `value`, or is left out. */
async function approvalWith(field: string, value?: unknown) {
  const one = await scene();
  one.emulator.faults.add({
    path: APPROVE,
    rewrite: (json) => {
      const { [field]: _, ...data } = (json as { data: Record<string, unknown> }).data;
      return { ok: true, data: value === undefined ? data : { ...data, [field]: value } };
    },
  });
  return one.lime.login(one.request().requestId);
}

describe('an envelope (contract §2)', () => {
  it.each<[string, number, unknown, RegExp]>([
    ['no JSON', 200, '<html>', /HTTP 200\) has invalid JSON/],
    ['no JSON, with any status', 404, 'Not Found', /HTTP 404\) has invalid JSON/],
    ['nothing', 204, undefined, /invalid JSON/],
    ['an array', 200, [], /unexpected shape/],
    ['null', 200, 'null', /unexpected shape/],
    ['a string', 200, '"hello"', /unexpected shape/],
    ['ok without data', 200, { ok: true }, /missing data object/],
    ['ok with an array as data', 200, { ok: true, data: [] }, /missing data object/],
    ['ok with null as data', 200, { ok: true, data: null }, /missing data object/],
    ['no ok and no error', 200, { data: {} }, /missing error object/],
    ['an ok that is only truthy', 200, { ok: 1, data: {} }, /missing error object/],
    ['a refusal without error', 400, { ok: false }, /missing error object/],
    ['a refusal with a text as error', 400, { ok: false, error: 'no' }, /missing error object/],
  ])('that is %s is a protocol error', async (_, status, body, message) => {
    const error = await challengeAnswered({ status, body });
    expect(error).toBeInstanceOf(lime.LimeProtocolError);
    expect(error).toMatchObject({ code: 'INVALID_RESPONSE', field: undefined, httpStatus: status, requestId: 'one' });
    expect(error.message).toMatch(message);
  });

  it('is a success whatever the status', async () => {
    const body = { ok: true, data: { pow_challenge: 'c', pow_difficulty: 99 } };
    expect(await challengeAnswered({ status: 500, body })).toBeInstanceOf(lime.PowDifficultyError);
  });

  it('is a refusal whatever the status', async () => {
    const error = await challengeAnswered({ status: 200, body: refusal('SOME_CODE', { detail: { hint: 'x' } }) });
    expect(error).toBeInstanceOf(lime.ApiError);
    expect(error).toMatchObject({
      code: 'SOME_CODE',
      message: 'It says SOME_CODE.',
      httpStatus: 200,
      detail: { hint: 'x' },
    });
  });

  it.each([{}, { code: 7, message: '', detail: 'x' }, { code: '', message: null, detail: [] }])(
    'has defaults for its error %j',
    async (error) => {
      expect(await challengeAnswered({ status: 418, body: { ok: false, error } })).toMatchObject({
        code: 'UNKNOWN_ERROR',
        message: 'LIME refused the request (HTTP 418).',
        detail: undefined,
      });
    },
  );
});

describe('a refusal becomes (contract §11)', () => {
  it.each<[number, string, string, boolean]>([
    [429, 'ANYTHING', 'RateLimitError', true],
    [429, 'AGENT_INACTIVE', 'RateLimitError', true],
    [400, 'RATE_LIMIT_EXCEEDED', 'RateLimitError', true],
    [403, 'AGENT_INACTIVE', 'AgentInactiveError', false],
    [403, 'AGENT_USER_SUSPENDED', 'AgentUserSuspendedError', false],
    [503, 'AUTH_UNAVAILABLE', 'AuthUnavailableError', true],
    [503, 'SITE_TOKEN_AUTH_UNAVAILABLE', 'SiteAuthUnavailableError', true],
    [403, 'OAUTH_CAPABILITY_DENIED', 'OAuthCapabilityError', false],
    [401, 'ANYTHING', 'AuthenticationError', false],
    [401, 'MISSING_AGENT_TOKEN', 'AuthenticationError', false],
    [400, 'INVALID_AGENT_TOKEN', 'AuthenticationError', false],
    [400, 'SITE_TOKEN_MISSING', 'AuthenticationError', false],
    [400, 'SITE_TOKEN_INVALID', 'AuthenticationError', false],
    [403, 'SITE_SUSPENDED', 'AuthenticationError', false],
    [400, 'INVALID_POW', 'ApiError', false],
    [404, 'SITE_LOGIN_REQUEST_NOT_FOUND', 'ApiError', false],
    [409, 'SITE_LOGIN_CONFLICT', 'ApiError', false],
    [410, 'REQUEST_EXPIRED', 'ApiError', false],
    [500, 'ANYTHING', 'ApiError', true],
    [400, 'constructor', 'ApiError', false],
  ])('%d %s: %s', async (status, code, name, retryable) => {
    const error = await challengeAnswered({ status, body: refusal(code) });
    expect(error.constructor).toHaveProperty('name', name);
    expect(error).toBeInstanceOf(lime.LimeError);
    expect(error).toMatchObject({ name, code, httpStatus: status, status, retryable, requestId: 'one' });
  });

  it('of the tree of the contract', () => {
    for (const sub of [lime.AgentInactiveError, lime.AgentUserSuspendedError]) {
      expect(sub.prototype).toBeInstanceOf(lime.AuthenticationError);
    }
    for (const sub of [lime.OAuthCapabilityError, lime.AuthUnavailableError, lime.SiteAuthUnavailableError]) {
      expect(sub.prototype).toBeInstanceOf(lime.ApiError);
    }
  });

  it.each([
    ['90', 90],
    ['Tue, 01 Jan 2030 00:02:00 GMT', 120],
    ['soon', undefined],
  ])('with Retry-After %j in seconds', async (header, retryAfter) => {
    const body = refusal('RATE_LIMIT_EXCEEDED');
    const error = await challengeAnswered({ status: 429, body, retryAfter: header });
    expect(error).toBeInstanceOf(lime.RateLimitError);
    expect(error.retryAfter).toBe(retryAfter);
    expect(error.retryAfterMs).toBe(retryAfter === undefined ? undefined : retryAfter * 1000);
  });
});

describe('a challenge', () => {
  it.each([
    [{ pow_difficulty: 1 }, 'pow_challenge is missing'],
    [{ pow_challenge: null, pow_difficulty: 1 }, 'pow_challenge has the wrong form: expected a string'],
    [{ pow_challenge: 7, pow_difficulty: 1 }, 'pow_challenge has the wrong form: expected a string'],
    [{ pow_challenge: '\ud800', pow_difficulty: 1 }, 'pow_challenge has the wrong form: expected well-formed Unicode'],
    [{ pow_challenge: 'c' }, 'pow_difficulty is missing'],
  ])('of %j is a protocol error that names the field', async (data, message) => {
    const error = await challengeAnswered({ status: 200, body: { ok: true, data } });
    expect(error).toMatchObject({ name: 'LimeProtocolError', field: message.split(' ')[0], httpStatus: 200 });
    expect(error.message).toContain(message);
  });

  it('may have more fields, or only two', async () => {
    const { emulator, lime, request } = await scene();
    emulator.faults.add({
      path: CHALLENGE,
      rewrite: (json) => {
        const { pow_challenge, pow_difficulty } = (json as { data: Record<string, unknown> }).data;
        return { ok: true, data: { pow_challenge, pow_difficulty, status: 7, news: {} }, more: true };
      },
    });
    expect((await lime.login(request().requestId)).status).toBe('APPROVED');
  });
});

describe('an approval', () => {
  it.each(['request_id', 'site_id', 'status', 'expires_at'])('without %s is a protocol error', async (field) => {
    const error = (await failure(approvalWith(field))) as lime.LimeProtocolError;
    expect(error).toMatchObject({ name: 'LimeProtocolError', field, httpStatus: 200, retryable: false });
    expect(error.message).toContain(`${field} is missing`);
  });

  it.each([
    ['site_id', 7],
    ['status', null],
    ['expires_at', 1_900_000_000],
    ['expires_at', 'tomorrow'],
    ['expires_at', '2030-02-31T00:00:00Z'],
    ['approved_agent_id', 7],
  ])('with %s = %j is a protocol error', async (field, value) => {
    expect(await failure(approvalWith(field, value))).toMatchObject({ name: 'LimeProtocolError', field });
  });

  it.each([
    ['2030-01-02T03:04:05', '2030-01-02T03:04:05.000Z'],
    ['2030-01-02T03:04:05.123456+02:00', '2030-01-02T01:04:05.123Z'],
  ])('that expires at %s', async (text, iso) => {
    expect((await approvalWith('expires_at', text)).expiresAt.toISOString()).toBe(iso);
  });

  it.each([undefined, null, ''])('by an agent %j that it does not name', async (id) => {
    expect((await approvalWith('approved_agent_id', id)).approvedAgentId).toBeNull();
  });

  it.each(['DELIVERED', 'SOMETHING_NEW'])('may have the status %s', async (status) => {
    expect((await approvalWith('status', status)).status).toBe(status);
  });
});
