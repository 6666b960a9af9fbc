import { quietly } from '../../../http/index.js';
import { type Clock, systemClock } from '../../../runtime/clock.js';
import { LimeError } from '../../errors.js';
import type { LimeSite } from '../lime-site.js';
import { BrowserCookie, digestOf } from './browser-cookie.js';
import { MemoryPendingLogins, type PendingLogin, type PendingLoginStore } from './pending-logins.js';
import { isFromOwnPage } from './same-origin.js';
import { settleLogin } from './settle.js';
import { stateStream } from './state-stream.js';
import { Wakers } from './wakers.js';

/** What `Headers` is made of: a name that every runtime's types have. */
type SentHeaders = NonNullable<ConstructorParameters<typeof Headers>[0]>;

/** An agent that has logged in, for whom the site opens a session. */
export interface LimeSessionLogin {
  readonly requestId: string;
  readonly agentId: string;
  readonly userId: string | null;
  /** The claims of the passport, which was verified. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Options of {@link limeLoginRoutes}. */
export interface LimeLoginRoutesOptions {
  /** Opens the session: what it returns is put into the answer's headers, such as a `Set-Cookie`. Called once a login. */
  readonly onSession: (
    login: LimeSessionLogin,
    request: Request,
  ) => SentHeaders | undefined | Promise<SentHeaders | undefined>;
  /** Where the routes are. Default `/lime/login`. */
  readonly basePath?: string | undefined;
  /** Origins whose pages may log in too, beside the site's own. Default: none. */
  readonly origins?: readonly string[] | undefined;
  /** Default: in memory, at most 10,000, which serves one process. */
  readonly store?: PendingLoginStore | undefined;
  /** Lets the cookie travel by plain HTTP, for development without TLS on browsers that want it for localhost. Default `false`. */
  readonly insecureCookie?: boolean | undefined;
  /** Told of passports that are refused and of what LIME refuses, of which the browser learns little. */
  readonly onError?: ((error: unknown) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/** A handler of requests. `close` lets go of the site. */
export interface LimeLoginRoutes {
  (request: Request): Promise<Response>;
  close(): void;
}

/** How long a login is kept after the agent's time is over, in seconds. */
const GRACE_SECONDS = 120;

/**
 * Logins by agents for a site's pages, as a web-standard handler. A login belongs to the browser that began it, by a
 * cookie, and only pages of the site itself may begin or finish one.
 *
 * | route | answer |
 * | --- | --- |
 * | `POST /lime/login` | 201 `{ requestId, status, expiresAt }`: show the id to the agent |
 * | `GET /lime/login/{id}` | `{ requestId, status }`; with `Accept: text/event-stream` a stream of these |
 * | `POST /lime/login/{id}/session` | 200 once it is `APPROVED`, with the headers of `onSession`; else 409 |
 *
 * `status` is `PENDING`, `APPROVED`, `EXPIRED` or `FAILED`. Anything else is answered with 404.
 */
export function limeLoginRoutes(site: LimeSite, options: LimeLoginRoutesOptions): LimeLoginRoutes {
  const { onSession, origins = [], clock = systemClock, onError } = options;
  const { store = new MemoryPendingLogins({ clock }) } = options;
  const basePath = (options.basePath ?? '/lime/login').replace(/\/+$/, '');
  const cookie = new BrowserCookie({ insecure: options.insecureCookie ?? false });
  const wakers = new Wakers();
  const report = (error: unknown) => quietly(() => onError?.(error));

  const keep = (requestId: string, login: PendingLogin) =>
    store.set(requestId, login, Math.max(1, Math.ceil((login.expiresAt - clock.now()) / 1000)) + GRACE_SECONDS);

  const unsubscribe = site.onLogin(async (requestId, passport) => {
    const pending = await store.get(requestId);
    // The site may have logins of its own, whose passports are not for us to use up.
    if (pending?.status !== 'PENDING') return;
    await keep(requestId, await settleLogin(site, requestId, passport, pending, report));
    wakers.wake(requestId);
  });

  async function begin(request: Request): Promise<Response> {
    const secret = cookie.secretFor(request);
    let created: Awaited<ReturnType<LimeSite['createLoginRequest']>>;
    try {
      created = await site.createLoginRequest({ signal: request.signal });
    } catch (error) {
      report(error);
      if (!(error instanceof LimeError)) throw error;
      return refusal(503, 'UNAVAILABLE', 'No login can be started now.');
    }
    const { requestId, expiresAt } = created;
    const login: PendingLogin = { browser: await digestOf(secret), status: 'PENDING', expiresAt: expiresAt.getTime() };
    if ((await keep(requestId, login)) === false) return refusal(503, 'UNAVAILABLE', 'Too many logins are pending.');
    return answer(201, { requestId, status: 'PENDING', expiresAt }, { 'set-cookie': cookie.header(secret) });
  }

  /** The state of a login for the browser that began it; `undefined` for all others. */
  async function find(request: Request, requestId: string): Promise<PendingLogin | undefined> {
    const login = await store.get(requestId);
    if (login === undefined || !(await cookie.isFrom(request, login.browser))) return undefined;
    return login.status === 'PENDING' && login.expiresAt <= clock.now() ? { ...login, status: 'EXPIRED' } : login;
  }

  async function show(request: Request, requestId: string): Promise<Response> {
    const login = await find(request, requestId);
    if (login === undefined) return unknown();
    if (!(request.headers.get('accept') ?? '').includes('text/event-stream')) {
      return answer(200, { requestId, status: login.status });
    }
    const read = async () => {
      const status = (await find(request, requestId))?.status ?? 'EXPIRED';
      return { json: JSON.stringify({ requestId, status }), final: status !== 'PENDING' };
    };
    return new Response(stateStream({ requestId, wakers, clock, read }), {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' },
    });
  }

  async function finish(request: Request, requestId: string): Promise<Response> {
    const login = await find(request, requestId);
    if (login === undefined) return unknown();
    if (login.status !== 'APPROVED') return refusal(409, login.status, 'No agent has logged in.');
    const taken = await store.take(requestId);
    if (taken?.agentId === undefined) return unknown();
    const { agentId, userId = null, claims = {} } = taken;
    const headers = await onSession({ requestId, agentId, userId, claims }, request);
    return answer(200, { requestId, status: 'OPEN', agentId }, headers);
  }

  async function handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [id, action, ...more] = pathname.startsWith(`${basePath}/`)
      ? pathname.slice(basePath.length + 1).split('/')
      : [];
    const route = pathname === basePath ? 'begin' : action === undefined ? 'show' : action;
    const known = route === 'begin' || (id && more.length === 0 && (route === 'show' || route === 'session'));
    const requestId = decode(id ?? '');
    if (!known || requestId === undefined) return unknown();
    const method = route === 'show' ? 'GET' : 'POST';
    if (request.method !== method) return refusal(405, 'METHOD_NOT_ALLOWED', `Use ${method}.`, { allow: method });
    if (route === 'show') return show(request, requestId);
    if (!isFromOwnPage(request, origins)) return refusal(403, 'CROSS_ORIGIN', 'Only pages of this site may log in.');
    return route === 'begin' ? begin(request) : finish(request, requestId);
  }

  return Object.assign(handle, { close: unsubscribe });
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function answer(status: number, body: unknown, more?: SentHeaders | undefined): Response {
  const headers = new Headers(more);
  headers.set('content-type', 'application/json');
  headers.set('cache-control', 'no-store');
  return new Response(JSON.stringify(body), { status, headers });
}

function refusal(status: number, code: string, message: string, headers?: SentHeaders | undefined): Response {
  return answer(status, { error: { code, message } }, headers);
}

/** The same for a login that is not there and for somebody else's. */
function unknown(): Response {
  return refusal(404, 'NOT_FOUND', 'There is no such login.');
}
