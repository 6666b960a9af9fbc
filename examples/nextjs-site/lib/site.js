import { LimeSite, limeLoginRoutes } from 'countersign/lime';

// Next.js bundles each route by itself, and in development again after each change: what they share is kept here.
globalThis.limeLogins ??= { sessions: new Map() };
const shared = globalThis.limeLogins;

export const { sessions } = shared;

/** The one site of this server, opened by the first request: `next build` loads the routes, and has no token. */
export function loginRoutes(request) {
  shared.routes ??= open();
  return shared.routes(request);
}

function open() {
  const site = new LimeSite({ onError: ({ code, message }) => console.error(code, message) });
  return limeLoginRoutes(site, {
    onSession({ agentId }) {
      const id = crypto.randomUUID();
      sessions.set(id, { agentId });
      return { 'set-cookie': `session=${id}; Path=/; HttpOnly; Secure; SameSite=Lax` };
    },
  });
}
