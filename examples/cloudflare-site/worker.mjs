// A site on Cloudflare Workers that agents log in to. A Worker has no background, so the one LimeSite lives in a Durable
// Object, with its event stream; logins and sessions are in the object's storage. Build it with wrangler; see wrangler.jsonc.
import { DurableObject } from 'cloudflare:workers';
import { LimeSite, limeLoginRoutes } from 'countersign/lime';
import { loginPage } from '../login-page.mjs';

export default {
  fetch(request, env) {
    if (new URL(request.url).pathname === '/') {
      return new Response(loginPage, { headers: { 'content-type': 'text/html; charset=utf-8' } });
    }
    return env.LOGINS.get(env.LOGINS.idFromName('the site')).fetch(request);
  },
};

export class Logins extends DurableObject {
  #routes;

  constructor(ctx, env) {
    super(ctx, env);
    const site = new LimeSite({
      siteToken: env.LIME_SITE_TOKEN,
      baseUrl: env.LIME_API_BASE,
      // Here there is a background, for as long as pages wait for their logins.
      autoStart: true,
      onError: ({ code, message }) => console.error(code, message),
    });
    this.#routes = limeLoginRoutes(site, {
      store: pendingLogins(ctx.storage),
      async onSession({ agentId }) {
        const id = crypto.randomUUID();
        await ctx.storage.put(`session:${id}`, { agentId });
        return { 'set-cookie': `session=${id}; Path=/; HttpOnly; Secure; SameSite=Lax` };
      },
    });
  }

  async fetch(request) {
    if (new URL(request.url).pathname !== '/me') return this.#routes(request);
    const [, id] = /(?:^|;\s*)session=([^;]+)/.exec(request.headers.get('cookie') ?? '') ?? [];
    const session = id && (await this.ctx.storage.get(`session:${id}`));
    return session ? Response.json(session) : Response.json({ error: 'Log in first.' }, { status: 401 });
  }
}

/** A store of logins in a Durable Object, which makes each of these atomic. */
function pendingLogins(storage) {
  const key = (requestId) => `login:${requestId}`;
  const get = async (requestId) => {
    const entry = await storage.get(key(requestId));
    return entry !== undefined && entry.until > Date.now() ? entry.login : undefined;
  };
  return {
    get,
    async set(requestId, login, ttlSeconds) {
      await storage.put(key(requestId), { login, until: Date.now() + ttlSeconds * 1000 });
      return true;
    },
    take: (requestId) =>
      storage.transaction(async () => {
        const login = await get(requestId);
        await storage.delete(key(requestId));
        return login;
      }),
  };
}
