import { Hono } from 'hono';
import { agentRoutes } from './agent-routes.js';
import { Api } from './api.js';
import { approvePageRoutes } from './approve-page.js';
import { auditRoutes } from './audit-routes.js';
import { companionRoutes } from './companion-routes.js';
import { bare, type Dialect, enveloped } from './dialect.js';
import { permissionRoutes } from './permission-routes.js';
import type { AgentOtpPlatform } from './platform.js';
import { policyRoutes } from './policy-routes.js';
import { notFound, OtpRefusal } from './refusals.js';
import { relayRoutes } from './relay-routes.js';
import { dateTime } from './wire.js';

/** The wire of Agent OTP, relative to its base URL: every route in both dialects (Agent OTP contract §2, §10). */
export function agentOtpRoutes(platform: AgentOtpPlatform): Hono {
  const app = new Hono();
  app.onError((error, c) => bare.refuse(c.req.raw, error));
  app.route('/api/v1', dialectRoutes(platform, enveloped));
  app.route('/v1', dialectRoutes(platform, bare));
  app.get('/health', (c) =>
    bare.answer(c.req.raw, { status: 'healthy', timestamp: dateTime(platform.clock.now()), version: '0.1.0' }),
  );
  app.get('/api', (c) =>
    bare.answer(c.req.raw, {
      name: 'Agent OTP API',
      version: 'v1',
      description: 'The countersign emulator of Agent OTP',
      documentation: 'https://agentotp.com/docs',
      endpoints: Object.fromEntries(
        ['permissions', 'otp', 'policies', 'agents', 'audit', 'webhooks'].map((name) => [name, `/api/v1/${name}`]),
      ),
    }),
  );
  // Sockets are served by the listener on Node, which asks here whether it may; this handler has none.
  app.get('/ws/:id', (c) => {
    if (!platform.mayFollow(c.req.param('id'), c.req.query('ticket') ?? ''))
      throw notFound('There is nothing to follow here.');
    const message = 'A WebSocket is served here, by the emulator on Node.';
    throw new OtpRefusal(426, 'UPGRADE_REQUIRED', message, {}, { Upgrade: 'websocket' });
  });
  app.route('/', approvePageRoutes(platform));
  app.all('*', () => {
    throw notFound('There is nothing at this path.');
  });
  return app;
}

function dialectRoutes(platform: AgentOtpPlatform, dialect: Dialect): Hono {
  const api = new Api(platform, dialect);
  permissionRoutes(api, relayRoutes(api));
  agentRoutes(api);
  policyRoutes(api);
  auditRoutes(api);
  companionRoutes(api);
  api.app.all('*', () => {
    throw notFound('There is nothing at this path.');
  });
  return api.app;
}
