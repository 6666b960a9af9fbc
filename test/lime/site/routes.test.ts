import { describe, expect, it } from 'vitest';
import { type LimeLoginRoutesOptions, limeLoginRoutes, MemoryPendingLogins } from '../../../src/lime/index.js';
import { ManualClock } from '../../http/manual-clock.js';
import { settled, siteScene } from './helpers.js';

const ORIGIN = 'https://shop.example';

/** A site with its routes, and a browser that keeps its cookie. */
async function shop(options: Partial<LimeLoginRoutesOptions> = {}) {
  const scene = await siteScene();
  const sessions: unknown[] = [];
  const errors: unknown[] = [];
  const routes = limeLoginRoutes(scene.site, {
    onSession: (login) => {
      sessions.push(login);
      return { 'set-cookie': `session=${login.agentId}; HttpOnly` };
    },
    onError: (error) => errors.push(error),
    ...options,
  });
  await scene.site.ready();
  const browser = () => {
    let cookie: string | undefined;
    return async (method: string, path: string, headers: Record<string, string> = {}) => {
      const own: Record<string, string> = cookie === undefined ? {} : { cookie };
      const from: Record<string, string> = method === 'POST' ? { origin: ORIGIN } : {};
      const response = await routes(new Request(ORIGIN + path, { method, headers: { ...own, ...from, ...headers } }));
      const set = response.headers.get('set-cookie');
      if (set?.startsWith('__Host-lime-login=')) cookie = `a=b; ${set.split(';')[0]}`;
      return response;
    };
  };
  const begin = async (go = browser()) => {
    const response = await go('POST', '/lime/login');
    const { requestId } = (await response.json()) as { requestId: string };
    return { go, requestId, response };
  };
  return { ...scene, routes, sessions, errors, browser, begin };
}

const statusOf = async (response: Response) => ((await response.json()) as { status: string }).status;

describe('a login by a page', () => {
  it('is begun, polled, and opens one session with its cookie', async () => {
    const { begin, approve, sessions, emulator } = await shop();
    const { go, requestId, response } = await begin();
    expect(response.status).toBe(201);
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-lime-login=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=3600; Secure$/,
    );
    expect(response.headers.get('cache-control')).toBe('no-store');
    const url = `/lime/login/${requestId}`;
    expect(await statusOf(await go('GET', url))).toBe('PENDING');
    expect((await go('POST', `${url}/session`)).status).toBe(409);
    approve(requestId);
    while ((await statusOf(await go('GET', url))) === 'PENDING') await settled();
    const agentId = emulator.lime.listAgents()[0]?.agentId;
    const answers = await Promise.all([1, 2, 3].map(() => go('POST', `${url}/session`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    const won = answers.find(({ status }) => status === 200);
    expect(won?.headers.get('set-cookie')).toBe(`session=${agentId}; HttpOnly`);
    expect(sessions).toMatchObject([{ requestId, agentId, claims: { request_id: requestId } }]);
    expect((await go('GET', url)).status).toBe(404);
  });

  it('streams its state, to the last', async () => {
    const { begin, approve } = await shop();
    const { go, requestId } = await begin();
    const response = await go('GET', `/lime/login/${requestId}`, { accept: 'text/event-stream' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const text = response.text();
    await settled();
    approve(requestId);
    const states = (await text).match(/"status":"\w+"/g);
    expect(states).toEqual(['"status":"PENDING"', '"status":"APPROVED"']);
  });

  it('keeps a stream alive with comments, sees what another process did, and leaves no timer', async () => {
    const clock = new ManualClock(Date.now());
    const store = new MemoryPendingLogins({ clock });
    const { begin } = await shop({ clock, store });
    const { go, requestId } = await begin();
    const response = await go('GET', `/lime/login/${requestId}`, { accept: 'text/event-stream' });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => {
      const read = reader.read();
      for (let done = false; !done; ) {
        void read.then(() => {
          done = true;
        });
        await settled();
        // Only when it sleeps: a busy machine must not make the login's time pass.
        if (clock.sleeping > 0) clock.advance(1000);
      }
      return (await read).value;
    };
    expect(await next()).toContain('PENDING');
    expect(await next()).toBe(': still here\n\n');
    store.set(requestId, { ...store.get(requestId)!, status: 'FAILED' }, 60);
    let text: string | undefined;
    do text = await next();
    while (text?.startsWith(':'));
    expect(text).toContain('FAILED');
    const other = await go('GET', `/lime/login/${(await begin(go)).requestId}`, { accept: 'text/event-stream' });
    const leaving = other.body!.getReader();
    await leaving.read();
    await settled();
    await leaving.cancel();
    await settled();
    expect(clock.sleeping).toBe(0);
  });

  it('expires', async () => {
    const { begin, emulator, errors } = await shop();
    const { go, requestId } = await begin();
    emulator.lime.expireLoginRequest(requestId);
    while ((await statusOf(await go('GET', `/lime/login/${requestId}`))) === 'PENDING') await settled();
    const response = await go('POST', `/lime/login/${requestId}/session`);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ error: { code: 'EXPIRED' } });
    expect(errors).toEqual([]);
  });

  it('fails with a passport that does not hold, of which the browser learns nothing', async () => {
    const { begin, emulator, approve, errors, sessions } = await shop();
    emulator.lime.configure({ tokenIssuer: 'https://evil.example' });
    const { go, requestId } = await begin();
    approve(requestId);
    let status = 'PENDING';
    while (status === 'PENDING') status = await statusOf(await go('GET', `/lime/login/${requestId}`));
    expect(status).toBe('FAILED');
    expect(errors).toMatchObject([{ code: 'JWT_ISSUER' }]);
    expect((await go('POST', `/lime/login/${requestId}/session`)).status).toBe(409);
    expect(sessions).toEqual([]);
  });
});

describe('a login belongs to', () => {
  it('the browser that began it', async () => {
    const { begin, browser, approve, sessions } = await shop();
    const { go, requestId } = await begin();
    const { go: other } = await begin();
    approve(requestId);
    while ((await statusOf(await go('GET', `/lime/login/${requestId}`))) === 'PENDING') await settled();
    for (const stranger of [other, browser()]) {
      expect((await stranger('GET', `/lime/login/${requestId}`)).status).toBe(404);
      expect((await stranger('POST', `/lime/login/${requestId}/session`)).status).toBe(404);
    }
    expect(sessions).toEqual([]);
    expect((await go('POST', `/lime/login/${requestId}/session`)).status).toBe(200);
  });

  it.each<[string, Record<string, string>, number]>([
    ['its own origin', {}, 201],
    ['its own page behind a proxy', { origin: 'https://public.example', 'sec-fetch-site': 'same-origin' }, 201],
    ['an origin that is trusted', { origin: 'https://app.example', 'sec-fetch-site': 'same-site' }, 201],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['another origin, as the browser says', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another host of the site', { origin: 'https://x.shop.example', 'sec-fetch-site': 'same-site' }, 403],
    ['a sandbox', { origin: 'null' }, 403],
    ['the address bar', { 'sec-fetch-site': 'none' }, 403],
  ])('%s', async (_, headers, status) => {
    const { browser } = await shop({ origins: ['https://app.example'] });
    expect((await browser()('POST', '/lime/login', headers)).status).toBe(status);
  });

  it('nobody who does not say where from', async () => {
    const { routes } = await shop();
    expect((await routes(new Request(`${ORIGIN}/lime/login`, { method: 'POST' }))).status).toBe(403);
  });
});

describe('the routes', () => {
  it('are these, and no others', async () => {
    const { browser } = await shop({ basePath: '/in/' });
    const go = browser();
    expect((await go('POST', '/in')).status).toBe(201);
    for (const path of [
      '/lime/login',
      '/',
      '/inn',
      '/in/',
      '/in/x',
      '/in/%zz',
      '/in/x/session',
      '/in/x/other',
      '/in/x/session/y',
    ]) {
      expect((await go('POST', path)).status, path).toBeGreaterThanOrEqual(404);
    }
    const wrong = await go('GET', '/in');
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('POST');
  });

  it('hold a bounded number of logins, each for its time', async () => {
    const clock = new ManualClock(Date.now());
    const store = new MemoryPendingLogins({ maxEntries: 2, clock });
    const { begin, browser } = await shop({ store, clock });
    await begin();
    await begin();
    expect((await browser()('POST', '/lime/login')).status).toBe(503);
    clock.advance(3_600_000);
    await begin();
  });

  it('say so when LIME refuses, without saying why', async () => {
    const { browser, emulator, errors } = await shop();
    emulator.faults.add({
      path: '/api/v1/modules/agent-login/requests',
      respond: { status: 403, body: { ok: false, error: { code: 'SITE_SUSPENDED', message: 'hunter2' } } },
    });
    const response = await browser()('POST', '/lime/login');
    expect(response.status).toBe(503);
    expect(await response.text()).not.toContain('hunter2');
    expect(errors).toMatchObject([{ code: 'SITE_SUSPENDED' }]);
  });

  it('leave passports of other logins alone, and let go of the site', async () => {
    const { routes, site, approve, begin, sessions } = await shop();
    const { requestId } = await site.createLoginRequest();
    approve(requestId);
    const { passport } = await site.waitForLogin(requestId);
    await site.verifyPassport(passport, { expectedRequestId: requestId });
    routes.close();
    const { go, requestId: id } = await begin();
    approve(id);
    await site.waitForLogin(id);
    await settled();
    expect(await statusOf(await go('GET', `/lime/login/${id}`))).toBe('PENDING');
    expect(sessions).toEqual([]);
  });
});
