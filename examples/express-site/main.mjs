// A site on Express that agents log in to. It needs LIME_SITE_TOKEN, and `npm install countersign express @hono/node-server`,
// of which the last makes Node's requests those of the web.
import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { getRequestListener } from '@hono/node-server';
import { LimeSite, limeLoginRoutes } from 'countersign/lime';
import express from 'express';
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

const app = express();
app.get('/', (_req, res) => res.type('html').send(loginPage));
// Before any parser of bodies.
app.all(['/lime/login', '/lime/login/*path'], getRequestListener(routes));
app.get('/me', (req, res) => {
  const [, id] = /(?:^|;\s*)session=([^;]+)/.exec(req.headers.cookie ?? '') ?? [];
  const session = sessions.get(id);
  if (session === undefined) res.status(401).json({ error: 'Log in first.' });
  else res.json(session);
});

await site.ready();
const server = app.listen(Number(process.env.PORT ?? 3000), 'localhost', () =>
  console.log(`http://localhost:${server.address().port}`),
);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    server.closeAllConnections();
    routes.close();
    await site.close();
  });
}
