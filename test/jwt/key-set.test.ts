import { getEventListeners } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpRedirectError, HttpTransportError, path } from '../../src/http/index.js';
import { JwtKeysError, JwtRefusedError, KeySet, type KeySetOptions, keysAt, verifyJwt } from '../../src/jwt/index.js';
import { clientFor, failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { closedPort, httpServer, inTurn, json } from '../http/servers.js';
import { forge, newSigner, type Signer } from './tokens.js';

const signers = ['k1', 'k2', 'k3'].map((kid) => newSigner(kid));
const [k1, k2, k3] = signers as [Signer, Signer, Signer];

/** A key set whose document is a variable, on a clock that a test moves. */
function setOf(entries: unknown[], options: Partial<KeySetOptions> = {}) {
  const clock = new ManualClock();
  const state = { entries, fail: undefined as Error | undefined, fetches: 0 };
  const warnings: string[] = [];
  const told = (message: string) => void warnings.push(message);
  const source = async () => {
    state.fetches += 1;
    const answer = { keys: state.entries }; // As it was when the request came.
    await new Promise(setImmediate);
    if (state.fail) throw state.fail;
    return answer;
  };
  const logger = { debug: told, info: told, warn: told, error: told };
  const keys = new KeySet({ source, clock, logger, ...options });
  return { keys, clock, state, warnings };
}

const codeOf = async (promise: unknown) => ((await failure(promise)) as { code: string }).code;

/** A key set at a URL. */
function setAt(url: string, options: Partial<KeySetOptions> = {}, maxRetries = 0) {
  const http = clientFor(url, { maxRetries, random: () => 0 });
  return new KeySet({ source: keysAt({ http, path: path('/jwks.json') }), ...options });
}

describe('KeySet', () => {
  it('fetches once for all who ask, and keeps the keys for their lifetime', async () => {
    const { keys, clock, state } = setOf([k1.jwk, k2.jwk]);
    const found = await Promise.all([...Array(50)].map((_, i) => keys.get(i % 2 ? 'k1' : 'k2')));
    expect(new Set(found).size).toBe(2);
    clock.advance(599_999);
    await keys.get('k1');
    expect(state.fetches).toBe(1);
    clock.advance(1);
    await Promise.all([keys.get('k1'), keys.get('k2')]);
    expect(state.fetches).toBe(2);
    expect(keys.fetchCount).toBe(2);
    expect(clock.sleeping).toBe(0);
  });

  it('fetches anew for a kid that it does not know, but not again in the cooldown', async () => {
    const { keys, clock, state } = setOf([k1.jwk]);
    await keys.get('k1');
    state.entries = [k1.jwk, k2.jwk];
    await keys.get('k2');
    expect(state.fetches).toBe(2);
    for (let i = 0; i < 100; i++) expect(await codeOf(keys.get(`no-${i}`))).toBe('JWT_KEY_UNKNOWN');
    await Promise.all([...Array(100)].map((_, i) => failure(keys.get(`none-${i}`))));
    expect(state.fetches).toBe(3);
    clock.advance(29_999);
    expect(await codeOf(keys.get('no'))).toBe('JWT_KEY_UNKNOWN');
    expect(state.fetches).toBe(3);
    clock.advance(1);
    await Promise.all([...Array(100)].map((_, i) => failure(keys.get(`no-${i}`))));
    expect(state.fetches).toBe(4);
  });

  it('does not fetch twice for a kid that is unknown at first sight', async () => {
    const { keys, state } = setOf([k1.jwk]);
    expect(await codeOf(keys.get('no'))).toBe('JWT_KEY_UNKNOWN');
    expect(state.fetches).toBe(1);
  });

  it('does not take the answer of a fetch that began too early for a kid', async () => {
    const { keys, state } = setOf([k1.jwk]);
    const early = keys.get('k1');
    state.entries = [k1.jwk, k2.jwk];
    await Promise.all([early, keys.get('k2')]);
    expect(state.fetches).toBe(2);
  });

  it('does not let tokens of a dropped key start the cooldown', async () => {
    const { keys, clock, state } = setOf([k1.jwk]);
    await keys.get('k1');
    state.entries = [k2.jwk];
    await keys.get('k2');
    expect(await codeOf(keys.get('k1'))).toBe('JWT_KEY_UNKNOWN');
    expect(await codeOf(keys.get('k1'))).toBe('JWT_KEY_UNKNOWN');
    expect(state.fetches).toBe(3);
    state.entries = [k3.jwk];
    await keys.get('k3');
    clock.advance(30_000);
    state.entries = [k2.jwk]; // Taken back.
    await keys.get('k2');
    expect(state.fetches).toBe(5);
  });

  it('refuses no token while keys rotate under load', async () => {
    const { keys, clock, state } = setOf([k1.jwk]);
    let refused = 0;
    for (let round = 0; round < 60; round++) {
      const signer = signers[round % 3] as Signer;
      state.entries = [signer.jwk, signers[(round + 2) % 3]?.jwk];
      const times = { iat: clock.now() / 1000, exp: clock.now() / 1000 + 60 };
      const token = forge(signer, times);
      const calls = [...Array(20)].map(() => verifyJwt(token, { keys, clock }).catch(() => refused++));
      clock.advance(100);
      await Promise.all(calls);
    }
    expect(refused).toBe(0);
    expect(state.fetches).toBeLessThanOrEqual(120);
  });

  it('uses old keys while there are no newer ones, for a bounded time, and asks seldom', async () => {
    const { keys, clock, state, warnings } = setOf([k1.jwk], { staleMs: 100_000 });
    await keys.get('k1');
    state.fail = new Error('down');
    clock.advance(600_000);
    for (let i = 0; i < 10; i++) await keys.get('k1');
    expect(state.fetches).toBe(2);
    expect(warnings).toEqual([expect.stringContaining('old ones are used')]);
    expect(await codeOf(keys.get('k2'))).toBe('JWT_KEYS_UNAVAILABLE');
    clock.advance(99_999);
    await keys.get('k1');
    clock.advance(1001);
    const error = await failure(keys.get('k1'));
    expect(error).toBeInstanceOf(JwtKeysError);
    expect(error).toMatchObject({ code: 'JWT_KEYS_UNAVAILABLE', retryable: true, cause: state.fail });
    state.fail = undefined;
    clock.advance(1000);
    await keys.get('k1');
  });

  it('asks once a second while it has no keys', async () => {
    const { keys, clock, state } = setOf([k1.jwk]);
    state.fail = new Error('down');
    for (let i = 0; i < 10; i++) expect(await codeOf(keys.get('k1'))).toBe('JWT_KEYS_UNAVAILABLE');
    expect(state.fetches).toBe(1);
    state.fail = undefined;
    clock.advance(1000);
    await keys.get('k1');
    expect(state.fetches).toBe(2);
  });

  it('can be refreshed, and made to forget', async () => {
    const { keys, state } = setOf([k1.jwk]);
    await Promise.all([keys.refresh(), keys.refresh()]);
    await keys.refresh();
    expect(keys.fetchCount).toBe(2);
    const late = keys.refresh();
    keys.invalidate();
    await late;
    state.entries = [k2.jwk];
    expect(await codeOf(keys.get('k1'))).toBe('JWT_KEY_UNKNOWN');
    expect(state.fetches).toBe(4);
  });

  it('lets one who asks go, and aborts the fetch when all have gone', async () => {
    const signals: AbortSignal[] = [];
    const source = ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<unknown>(() => {});
    };
    const clock = new ManualClock();
    const keys = new KeySet({ source, clock });
    const [a, b] = [new AbortController(), new AbortController()];
    const calls = [a, b].map(({ signal }) => failure(keys.get('k1', { signal })));
    a.abort('a');
    expect(await calls[0]).toBe('a');
    expect(signals[0]?.aborted).toBe(false);
    b.abort('b');
    expect(await calls[1]).toBe('b');
    expect(signals[0]?.aborted).toBe(true);
    for (const { signal } of [a, b]) expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await expect.poll(() => clock.sleeping).toBe(0);
    // That was no failure: the next one asks anew.
    const again = new AbortController();
    const next = failure(keys.get('k1', { signal: again.signal }));
    expect(signals).toHaveLength(2);
    again.abort('again');
    expect(await next).toBe('again');
  });
});

describe('entries', () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['a string', 'k1'],
    ['a list', [k1.jwk]],
    ['no kid', { ...k1.jwk, kid: undefined }],
    ['a blank kid', { ...k1.jwk, kid: ' ' }],
    ['a number for a kid', { ...k1.jwk, kid: 1 }],
    ['no kty', { ...k1.jwk, kty: undefined }],
    ['no modulus', { ...k1.jwk, n: undefined }],
    ['a modulus that is no base64url', { ...k1.jwk, n: '!' }],
    ['a short key', newSigner('k1', 1024).jwk],
    ['a kid that was there before', { ...k3.jwk, kid: 'k2' }],
  ])('that are malformed are left out with a warning (%s)', async (_, entry) => {
    const { keys, warnings } = setOf([k2.jwk, entry]);
    await keys.get('k2');
    expect(await codeOf(keys.get('k1'))).toBe('JWT_KEY_UNKNOWN');
    expect([...new Set(warnings)]).toEqual([expect.stringMatching(/^Entry 1 of the key set is left out: /)]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['for encryption', { use: 'enc' }],
    ['for another algorithm', { alg: 'RS512' }],
    ['for signing only', { key_ops: ['sign'] }],
    ['symmetric', { kty: 'oct', k: 'AAAA' }],
    ['of another kind', { kty: 'EC' }],
  ])('that are for something else are left out (%s)', async (_, patch) => {
    const { keys, warnings } = setOf([{ ...k1.jwk, ...patch }]);
    expect(await codeOf(keys.get('k1'))).toBe('JWT_KEY_UNKNOWN');
    expect(warnings).toEqual([]);
  });

  it('need no use and no alg', async () => {
    const { keys } = setOf([{ ...k1.jwk, use: undefined, alg: undefined }]);
    await keys.get('k1');
  });

  it('give their public part only', async () => {
    const { keys } = setOf([{ ...k1.privateKey.export({ format: 'jwk' }), kid: 'k1' }]);
    const key = await keys.get('k1');
    expect([key.type, key.usages]).toEqual(['public', ['verify']]);
  });
});

describe('keysAt', () => {
  it('takes a bare document, or one out of an envelope', async () => {
    const bare = await httpServer(json(200, { keys: [k1.jwk] }));
    await setAt(bare.url).get('k1');
    expect(bare.requests[0]?.url).toBe('/jwks.json');

    const wrapped = await httpServer(json(200, { ok: true, data: { keys: [k1.jwk] } }));
    const decode = (document: unknown) => (document as { data: unknown }).data;
    const source = keysAt({ http: clientFor(wrapped.url), path: path('/'), headers: { 'x-a': 'b' }, decode });
    await new KeySet({ source }).get('k1');
    expect(wrapped.requests[0]?.headers).toHaveProperty('x-a', 'b');
  });

  it.each([
    [
      'HTML',
      (_: unknown, r: import('node:http').ServerResponse) =>
        r.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    ],
    ['an error', json(500, { keys: [k1.jwk] })],
    ['not found', json(404, {})],
    ['another success', json(202, { keys: [k1.jwk] })],
    ['a list', json(200, [k1.jwk])],
    ['keys that are no list', json(200, { keys: { k1: k1.jwk } })],
    ['null', json(200, null)],
    ['nothing', (_: unknown, r: import('node:http').ServerResponse) => r.end()],
    ['a huge document', json(200, { keys: [k1.jwk], pad: 'x'.repeat(300_000) })],
    ['a redirect', json(302, {}, { location: '/elsewhere' })],
    ['a dropped connection', (request: import('node:http').IncomingMessage) => request.socket.destroy()],
  ])('fails, to be tried again, where there is %s', async (_, listener) => {
    const server = await httpServer(listener);
    const error = await failure(setAt(server.url).get('k1'));
    expect(error).toBeInstanceOf(JwtKeysError);
    expect(error).toMatchObject({ code: 'JWT_KEYS_UNAVAILABLE', retryable: true });
    expect(error).not.toBeInstanceOf(JwtRefusedError);
    expect(server.requests).toHaveLength(1);
  });

  it('keeps the cause', async () => {
    const redirect = await httpServer(json(302, {}, { location: '/elsewhere' }));
    expect(((await failure(setAt(redirect.url).get('k1'))) as Error).cause).toBeInstanceOf(HttpRedirectError);
    const down = setAt(`http://127.0.0.1:${await closedPort()}`);
    expect(((await failure(down.get('k1'))) as Error).cause).toBeInstanceOf(HttpTransportError);
  });

  it.each(['headers', 'body'])('is slow no longer than its time (%s)', async (part) => {
    const clock = new ManualClock();
    const server = await httpServer((_, response) => {
      if (part === 'body') response.writeHead(200).write('{"keys":[');
      setImmediate(() => clock.advance(5000));
    });
    const error = await failure(setAt(server.url, { clock }, 3).get('k1'));
    expect(error).toMatchObject({ code: 'JWT_KEYS_UNAVAILABLE', message: expect.stringContaining('5000 ms') });
    expect(clock.sleeping).toBe(0);
    await expect.poll(() => server.requests.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it('goes through a failure that passes', async () => {
    const server = await httpServer(inTurn(json(503, {}), json(200, { keys: [k1.jwk] })));
    await setAt(server.url, {}, 3).get('k1');
  });
});

describe('on workerd', () => {
  it('each request makes its own fetch, and a late old one does not replace newer keys', async () => {
    const { navigator } = globalThis;
    Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Cloudflare-Workers' }, configurable: true });
    onTestFinished(() => void Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true }));
    const answers: ((document: unknown) => void)[] = [];
    const source = () => new Promise<unknown>((resolve) => void answers.push(resolve));
    const keys = new KeySet({ source });
    const [first, second] = [keys.get('k1'), keys.get('k2')];
    expect(answers).toHaveLength(2);
    answers[1]?.({ keys: [k1.jwk, k2.jwk] });
    await second;
    answers[0]?.({ keys: [k1.jwk] });
    await first;
    await keys.get('k2');
    expect(answers).toHaveLength(2);
  });
});
