import { Hono } from 'hono';
import { endpoint } from '../../endpoint.js';
import { failureOf } from '../../envelope.js';
import type { Accounts } from '../accounts.js';
import { siteLane } from '../lanes.js';
import type { EventHub } from './event-hub.js';

/** Where sites hear of their logins: `/modules/agent-login/events` of LIME (contract §9.1). */
export function eventRoutes(accounts: Accounts, events: EventHub): Hono {
  const app = new Hono();
  app.onError(failureOf);

  endpoint(app, '/', {
    GET: ({ req: { raw } }) => {
      const { siteId } = siteLane(raw, accounts);
      const { contentType } = events.settings.now;
      const headers = {
        'Cache-Control': 'no-cache, no-transform',
        ...(contentType === null ? {} : { 'Content-Type': contentType }),
      };
      // Nobody would read a stream that answers HEAD.
      if (raw.method === 'HEAD') return new Response(null, { headers });
      return new Response(events.open(siteId, new URL(raw.url).origin, raw.signal).body, { headers });
    },
  });
  return app;
}
