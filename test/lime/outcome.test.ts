import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/emulator/index.js';
import { LimeError, LoginOutcomeUnknownError } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { APPROVE, refusal, scene } from './helpers.js';

/** What happens to one attempt to approve. */
const lostBefore: Partial<Fault> = { lose: 'before' };
const lostAfter: Partial<Fault> = { lose: 'after' };
const answered = (status: number, code = `CODE_${status}`): Partial<Fault> => ({
  respond: { status, body: refusal(code) },
});
const html = (status: number): Partial<Fault> => ({ respond: { status, body: '<html>' } });
const honest = 'honest';

async function loginWith(attempts: readonly (Partial<Fault> | typeof honest)[], maxRetries = 3) {
  const one = await scene({ maxRetries });
  for (const attempt of attempts) {
    const fault = attempt === honest ? { rewrite: (json: unknown) => json } : attempt;
    one.emulator.faults.add({ path: APPROVE, times: 1, ...fault });
  }
  const { requestId } = one.request();
  return { ...one, requestId, ending: one.lime.login(requestId) };
}

describe('the outcome of a login is unknown', () => {
  it.each<[string, (Partial<Fault> | typeof honest)[], { maxRetries?: number; status?: number }]>([
    ['an approval whose answer was lost, then the 409 that it causes', [lostAfter, honest], { status: 409 }],
    ['a lost attempt, then a 404', [lostBefore, answered(404)], { status: 404 }],
    ['a 503, then a 409', [answered(503), answered(409)], { status: 409 }],
    ['a 500, then a 404', [answered(500), answered(404)], { status: 404 }],
    ['a 502, a 429, then a 409', [html(502), answered(429), answered(409)], { status: 409 }],
    ['the only attempt lost', [lostAfter], { maxRetries: 0 }],
    ['every attempt lost', [lostBefore, lostBefore, lostBefore, lostBefore], {}],
    ['a 503, then the last attempt lost', [answered(503), lostBefore], { maxRetries: 1 }],
    ['a lost attempt, then only 503', [lostAfter, answered(503), answered(503), answered(503)], { status: 503 }],
    ['a lost attempt, then a 429', [lostAfter, answered(429)], { maxRetries: 1, status: 429 }],
    ['a lost attempt, then an HTML 504', [lostAfter, html(504)], { maxRetries: 1, status: 504 }],
  ])('after %s', async (_, attempts, { maxRetries, status }) => {
    const { ending, requestId } = await loginWith(attempts, maxRetries);
    const error = (await failure(ending)) as LoginOutcomeUnknownError;
    expect(error).toBeInstanceOf(LoginOutcomeUnknownError);
    expect(error).toBeInstanceOf(LimeError);
    expect(error).toMatchObject({
      name: 'LoginOutcomeUnknownError',
      code: 'LOGIN_OUTCOME_UNKNOWN',
      requestId,
      httpStatus: status,
      retryable: false,
      cause: expect.any(Error),
    });
  });

  it('after an attempt that timed out although the server acted', async () => {
    let posts = 0;
    const { lime, clock, request } = await scene({
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (init?.method !== 'POST' || ++posts > 1) return response;
        queueMicrotask(() => clock.advance(30_000));
        return new Promise(() => {});
      },
    });
    const { requestId } = request();
    const error = await failure(lime.login(requestId));
    expect(error).toBeInstanceOf(LoginOutcomeUnknownError);
    expect(error).toMatchObject({ requestId, httpStatus: 409 });
    expect(posts).toBe(2);
  });

  it('after a 503, then a connection that is refused', async () => {
    const refused = () => Promise.reject(Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' }));
    let posts = 0;
    const { emulator, lime, request } = await scene({
      maxRetries: 1,
      fetch: (url, init) => (init?.method === 'POST' && ++posts > 1 ? refused() : fetch(url, init)),
    });
    emulator.faults.add({ path: APPROVE, ...answered(503) });
    expect(await failure(lime.login(request().requestId))).toBeInstanceOf(LoginOutcomeUnknownError);
  });
});

describe('the outcome of a login is known', () => {
  it.each<[string, (Partial<Fault> | typeof honest)[]]>([
    ['a lost attempt, then a success', [lostBefore, honest]],
    ['a 503, then a success', [answered(503), honest]],
    ['every status that is retried, then a success', [answered(408), html(500), answered(504), honest]],
  ])('after %s', async (_, attempts) => {
    const { ending } = await loginWith(attempts);
    expect((await ending).status).toBe('APPROVED');
  });

  it.each<[string, (Partial<Fault> | typeof honest)[], Record<string, unknown>]>([
    ['a 409', [answered(409, 'SITE_LOGIN_CONFLICT')], { name: 'ApiError', httpStatus: 409 }],
    ['a 404', [answered(404)], { name: 'ApiError', httpStatus: 404 }],
    ['a 429, then a 409', [answered(429), answered(409)], { name: 'ApiError', httpStatus: 409 }],
    ['a 408, then a 404', [answered(408), answered(404)], { name: 'ApiError', httpStatus: 404 }],
    ['only 503', Array(4).fill(answered(503, 'AUTH_UNAVAILABLE')), { name: 'AuthUnavailableError', httpStatus: 503 }],
    ['only an HTML 502', Array(4).fill(html(502)), { name: 'LimeProtocolError', httpStatus: 502, retryable: true }],
    ['a lost attempt, then a 401', [lostBefore, answered(401)], { name: 'AuthenticationError', httpStatus: 401 }],
    ['a lost attempt, then a 400', [lostBefore, answered(400)], { name: 'ApiError', httpStatus: 400 }],
  ])('after %s: it failed', async (_, attempts, expected) => {
    const { ending, requestId } = await loginWith(attempts);
    const error = await failure(ending);
    expect(error).not.toBeInstanceOf(LoginOutcomeUnknownError);
    expect(error).toMatchObject({ ...expected, requestId });
  });

  it('when no attempt to approve reached the server', async () => {
    const refused = () => Promise.reject(Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' }));
    const { lime, request } = await scene({
      fetch: (url, init) => (init?.method === 'POST' ? refused() : fetch(url, init)),
    });
    const error = await failure(lime.login(request().requestId));
    expect(error).toMatchObject({ name: 'LimeError', code: 'NETWORK_ERROR', retryable: true });
  });
});
