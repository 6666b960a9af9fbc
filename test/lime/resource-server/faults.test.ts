// A platform whose metadata or keys are slow, down, huge, HTML or elsewhere, and clocks that are wrong.
import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { TokenVerifier } from '../../../src/lime/index.js';
import { closedPort, inTurn, json } from '../../http/servers.js';
import { faultyPlatform, KEY_SET, KEYS, scene } from './platform.js';

const metadata = (more: object) => json(200, { issuer: 'https://lime.example', jwks_uri: KEYS, ...more });
const html: RequestListener = (_, response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>maintenance</html>');
const cut: RequestListener = (request) => request.socket.destroy();
const endless: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"keys":["');
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
};

const either: [string, RequestListener][] = [
  ['HTML', html],
  ['HTML with an error', (_, response) => response.writeHead(502).end('<html>')],
  ['nothing', (_, response) => response.end()],
  ['half of the JSON', (_, response) => response.end('{"issuer":"https://lime.example","keys":[')],
  ['an error', json(500, { ...KEY_SET, issuer: 'https://lime.example', jwks_uri: KEYS })],
  ['not found', json(404, { ok: false, error: { code: 'NOT_FOUND', message: 'Not found' } })],
  ['another success', json(203, { ...KEY_SET, issuer: 'https://lime.example', jwks_uri: KEYS })],
  ['a list', json(200, [])],
  ['null', json(200, null)],
  ['a string', json(200, 'keys')],
  ['an empty object', json(200, {})],
  ['an empty envelope', json(200, { ok: true, data: {} })],
  ['a refusal with status 200', json(200, { ok: false, data: { ...KEY_SET, issuer: 'a', jwks_uri: KEYS } })],
  ['a redirect to a good one', json(302, {}, { location: '/good' })],
  ['a redirect for ever', json(308, {}, { location: KEYS })],
  ['a redirect elsewhere', json(307, {}, { location: 'https://evil.example/' })],
  [
    'a huge document',
    json(200, { ...KEY_SET, issuer: 'https://lime.example', jwks_uri: KEYS, pad: 'x'.repeat(300_000) }),
  ],
  ['a document without end', endless],
  ['a lost connection', cut],
];

const doubtful = { isValid: false, code: 'JWT_KEYS_UNAVAILABLE', retryable: true };

describe('a token cannot be verified while', () => {
  it.each(either)('the metadata are %s', async (_, listener) => {
    const { server, verifier, token, log } = await faultyPlatform({ metadata: listener });
    const result = await verifier.verify(token());
    expect(result).toMatchObject({ ...doubtful, error: expect.stringMatching(/^Verification error: ./) });
    expect(server.requests).toHaveLength(1);
    expect(log.warnings().join()).toContain('could not be verified');
    await expect.poll(() => server.requests.every(({ socket, complete }) => socket.destroyed || complete)).toBe(true);
  });

  it.each(either)('the keys are %s', async (_, listener) => {
    const { server, verifier, token } = await faultyPlatform({ keys: listener });
    expect(await verifier.verify(token())).toMatchObject(doubtful);
    expect(server.requests).toHaveLength(2);
  });

  it.each<[string, RequestListener]>([
    ['have no issuer', metadata({ issuer: undefined })],
    ['have a blank issuer', metadata({ issuer: ' ' })],
    ['have a list for an issuer', metadata({ issuer: ['https://lime.example'] })],
    ['have no jwks_uri', metadata({ jwks_uri: undefined })],
    ['have a blank jwks_uri', metadata({ jwks_uri: ' ' })],
    ['have grant types that are no list', metadata({ grant_types_supported: 'client_credentials' })],
  ])('the metadata %s', async (_, listener) => {
    const { verifier, token } = await faultyPlatform({ metadata: listener });
    expect(await verifier.verify(token())).toMatchObject(doubtful);
  });

  it.each([
    ['there is none', { keys: [] }],
    ['they are no list', { keys: KEY_SET }],
  ])('the keys are such that %s', async (_, document) => {
    const { verifier, token } = await faultyPlatform({ keys: json(200, document) });
    expect(await verifier.verify(token())).toMatchObject(doubtful);
  });

  it('nothing listens', async () => {
    const verifier = new TokenVerifier({ baseUrl: `http://127.0.0.1:${await closedPort()}`, maxRetries: 0 });
    const { token } = await faultyPlatform();
    expect(await verifier.verify(token())).toMatchObject(doubtful);
    expect(await verifier.warmup()).toBe(false);
  });

  it('there is no fetch, or one that fails in its own way', async () => {
    const { token } = await faultyPlatform();
    const broken: unknown[] = [
      () => {
        throw new Error('no');
      },
      () => Promise.reject(null),
      () => undefined,
      () => Promise.resolve({}),
    ];
    for (const fetch of broken) {
      const verifier = new TokenVerifier({ fetch: fetch as typeof globalThis.fetch, maxRetries: 0 });
      expect(await verifier.verify(token())).toMatchObject({ isValid: false, retryable: true });
    }
  });
});

describe('a slow platform', () => {
  it.each(['headers', 'body'])('is waited for no longer than timeoutMs (%s)', async (part) => {
    const platform = await faultyPlatform(
      {
        keys(_, response) {
          if (part === 'body') response.writeHead(200).write('{"keys":[');
          setImmediate(() => platform.clock.advance(3000));
        },
      },
      { timeoutMs: 3000 },
    );
    const { server, clock, verifier, token } = platform;
    expect(await verifier.verify(token())).toMatchObject(doubtful);
    expect(clock.sleeping).toBe(0);
    await expect.poll(() => server.requests.at(-1)?.socket.destroyed).toBe(true);
  });

  it('that fails once is asked again', async () => {
    const { clock, verifier, token, server } = await faultyPlatform(
      { metadata: inTurn(cut, json(503, {}), metadata({})), keys: inTurn(json(500, {}), json(200, KEY_SET)) },
      { maxRetries: 2, hooks: { onRetry: ({ delayMs }) => queueMicrotask(() => clock.advance(delayMs)) } },
    );
    expect(await verifier.verify(token())).toMatchObject({ isValid: true });
    expect(server.requests).toHaveLength(5);
  });
});

describe('an outage', () => {
  it.each(['metadata', 'keys'] as const)(
    'of the %s is bridged with what was fetched, for a bounded time',
    async (which) => {
      const { current, server, clock, verifier, token, log } = await faultyPlatform(
        {},
        { cacheTtlMs: 10_000, staleMs: 100_000 },
      );
      expect(await verifier.verify(token())).toMatchObject({ isValid: true });
      current[which] = cut;
      clock.advance(10_000);
      const before = server.requests.length;
      for (let i = 0; i < 20; i++) expect(await verifier.verify(token())).toMatchObject({ isValid: true });
      // Asked once, not at each token.
      expect(server.requests.length - before).toBeLessThanOrEqual(2);
      expect(log.warnings().filter((message) => message.includes('old ones'))).toHaveLength(1);
      clock.advance(99_999);
      expect(await verifier.verify(token())).toMatchObject({ isValid: true });
      clock.advance(1);
      expect(await verifier.verify(token())).toMatchObject(doubtful);
      delete current[which];
      clock.advance(1000);
      expect(await verifier.verify(token())).toMatchObject({ isValid: true });
    },
  );

  it('leaves a token of an unknown key in doubt, and refuses none of a known one', async () => {
    const { current, verifier, token, clock } = await faultyPlatform();
    await verifier.warmup();
    current.keys = cut;
    const stranger = token().replace(/^[^.]+/, Buffer.from('{"alg":"RS256","kid":"k2"}').toString('base64url'));
    expect(await verifier.verify(stranger)).toMatchObject(doubtful);
    expect(await verifier.verify(token())).toMatchObject({ isValid: true });
    delete current.keys;
    clock.advance(1000);
    expect(await verifier.verify(stranger)).toMatchObject({ code: 'JWT_KEY_UNKNOWN', retryable: false });
  });
});

describe('clocks', () => {
  // What the verifier's clock says is `off` seconds from what the platform's says, of whom the token is of this moment.
  it.each([
    [0, true, undefined],
    [119, true, undefined],
    [-120, true, undefined],
    [-121, false, 'JWT_ISSUED_IN_FUTURE'],
    [419, true, undefined],
    [420, false, 'JWT_EXPIRED'],
    [1e9, false, 'JWT_EXPIRED'],
    [-1e9, false, 'JWT_ISSUED_IN_FUTURE'],
  ])('%i seconds apart', async (off, isValid, code) => {
    const { emulator, clock, claims, now, verifier } = await scene();
    const token = await emulator.lime.keys.sign({ ...claims, iat: now, exp: now + 300 });
    clock.advance(off * 1000);
    expect(await verifier.verify(token)).toMatchObject({ isValid, code });
  });

  it('that jump do not make keys old: their age is measured, not dated', async () => {
    const { server, token, clock } = await faultyPlatform();
    let jump = 0;
    const verifier = new TokenVerifier({
      baseUrl: server.url,
      clock: {
        now: () => clock.now() + jump,
        monotonic: () => clock.monotonic(),
        sleep: (...args) => clock.sleep(...args),
      },
    });
    await verifier.warmup();
    jump = 1e12;
    expect(await verifier.verify(token({ exp: 1e13 }))).toMatchObject({ isValid: true });
    expect(verifier.fetchCount).toBe(1);
  });
});
