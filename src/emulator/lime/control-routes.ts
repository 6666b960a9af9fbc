import { Hono } from 'hono';
import { readJson } from '../body.js';
import { endpoint } from '../endpoint.js';
import { success } from '../envelope.js';
import { EmulatorNotFoundError } from '../errors.js';
import { settingRoutes } from '../setting-routes.js';
import { bindingsControlRoutes } from './bindings/control-routes.js';
import type { LimeControl } from './control.js';
import { eventsControlRoutes } from './events/control-routes.js';
import { keysControlRoutes } from './keys/control-routes.js';
import type { LimeOptions } from './settings.js';

const settingNames = [
  'difficulty',
  'acceptedAlgorithms',
  'requestLifetimeMs',
  'tokenLifetimeSeconds',
  'acceptedTokenRequests',
  'strictDomains',
  'capabilityDenial',
  'passportLifetimeSeconds',
  'bindingPassportLifetimeSeconds',
  'passportEdits',
  'bindingRedirect',
  'tokenIssuer',
  'tokenClockOffsetMs',
] as const satisfies readonly (keyof LimeOptions)[];

/**
 * The hooks of {@link LimeControl} for scripts and other languages, under `/__emulator/lime`. Bodies and answers are
 * JSON with the names of the TypeScript API, dates in ISO 8601; answers are enveloped as the platform's are.
 *
 * | verb, path | body | answer's `data` |
 * | --- | --- | --- |
 * | `GET /settings` | | every setting of `LimeOptions` |
 * | `PATCH /settings` | some of these, all or nothing | all of them |
 * | `GET /agents` | | `agents`, each with its `token` |
 * | `POST /agents` | `AgentOptions` | 201, the agent with its `token` |
 * | `PATCH /agents/:agentId` | `AgentOptions` | the agent |
 * | `POST /sites` | `{suspended?}` | 201, the site with its `token` |
 * | `POST /login-requests` | `{difficulty?, challenge?, expiresInMs?, siteToken?}` | 201, the login request |
 * | `GET /login-requests` | | `loginRequests`, oldest first |
 * | `GET /login-requests/:id` | | `requestId`, `siteId`, `status`, `challenge`, `difficulty`, `expiresAt`, `approvedAgentId` |
 * | `POST /login-requests/:id/expire` | | the login request |
 * | `POST /login-requests/:id/approve` | `{agentToken?}` | the login request |
 *
 * Those of the keys, under `/keys`: {@link keysControlRoutes}; of the event streams, under `/events`:
 * {@link eventsControlRoutes}; of bindings, under `/bindings`: {@link bindingsControlRoutes}.
 */
export function limeControlRoutes(lime: LimeControl): Hono {
  const app = new Hono();
  settingRoutes(app, settingNames, lime);

  // What the body must look like is checked by the control itself.
  endpoint(app, '/agents', {
    GET: () => success({ agents: lime.listAgents() }),
    POST: async (c) => success(lime.addAgent((await readJson(c.req.raw)) as object | undefined), 201),
  });
  endpoint(app, '/agents/:agentId', {
    PATCH: async (c) => {
      const options = (await readJson(c.req.raw)) ?? {};
      return success(lime.updateAgent(c.req.param('agentId') ?? '', options));
    },
  });
  endpoint(app, '/sites', {
    POST: async (c) => success(lime.addSite((await readJson(c.req.raw)) as object | undefined), 201),
  });

  endpoint(app, '/login-requests', {
    GET: () => success({ loginRequests: lime.listLoginRequests() }),
    POST: async (c) => success(lime.createLoginRequest((await readJson(c.req.raw)) as object | undefined), 201),
  });
  endpoint(app, '/login-requests/:id', {
    GET: (c) => {
      const request = lime.getLoginRequest(c.req.param('id') ?? '');
      if (request === undefined) throw new EmulatorNotFoundError('No login request has this id, or it was dropped.');
      return success(request);
    },
  });
  endpoint(app, '/login-requests/:id/expire', {
    POST: (c) => success(lime.expireLoginRequest(c.req.param('id') ?? '')),
  });
  endpoint(app, '/login-requests/:id/approve', {
    POST: async (c) => {
      const options = (await readJson(c.req.raw)) as object | undefined;
      return success(lime.approveLoginRequest(c.req.param('id') ?? '', options));
    },
  });
  app.route('/keys', keysControlRoutes(lime.keys));
  app.route('/events', eventsControlRoutes(lime.events));
  app.route('/bindings', bindingsControlRoutes(lime.bindings));
  return app;
}
