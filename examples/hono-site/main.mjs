// A site on Hono that agents log in to. It needs LIME_SITE_TOKEN, and `npm install countersign hono @hono/node-server`.
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { serve } from '@hono/node-server';
import { LimeSite, limeLoginRoutes } from 'countersign/lime';
import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { loginPage } from '../login-page.mjs';

const sessions = new Map();
const site = new LimeSite({ onError: ({ code, message }) => console.error(code, message) });
const routes = limeLoginRoutes(site, {
  onSession({ agentId }) {
    const id = randomUUID();
    sessions.set(id, { agentId });
    return { 'set-cookie': `session=${id}; Path=/; HttpOnly; Secure; SameSite=Lax` };
  },
});

const app = new Hono();
app.get('/', (c) => c.html(loginPage));
app.all('/lime/login/*', (c) => routes(c.req.raw));
app.get('/me', (c) => {
  const session = sessions.get(getCookie(c, 'session'));
  return session === undefined ? c.json({ error: 'Log in first.' }, 401) : c.json(session);
});

await site.ready();
const server = serve({ fetch: app.fetch, hostname: 'localhost', port: Number(process.env.PORT ?? 3000) }, ({ port }) =>
  console.log(`http://localhost:${port}`),
);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    server.closeAllConnections();
    routes.close();
    await site.close();
  });
}
