import { Hono } from 'hono';
import * as v from 'valibot';
import { readJson } from '../body.js';
import { endpoint } from '../endpoint.js';
import { success } from '../envelope.js';
import { EmulatorNotFoundError } from '../errors.js';
import { checkInput } from '../input.js';
import type { LimeControl } from './control.js';

const settingNames = ['difficulty', 'acceptedAlgorithms', 'requestLifetimeMs'] as const;
const settings = v.partial(v.strictObject(v.entriesFromList(settingNames, v.unknown())));

/**
 * The hooks of {@link LimeControl} for scripts and other languages, under `/__emulator/lime`. Bodies and answers are
 * JSON with the names of the TypeScript API, dates in ISO 8601; answers are enveloped as the platform's are.
 *
 * | verb, path | body | answer's `data` |
 * | --- | --- | --- |
 * | `GET /settings` | | `difficulty`, `acceptedAlgorithms`, `requestLifetimeMs` |
 * | `PATCH /settings` | some of these | all of them |
 * | `POST /agents` | `{active?, userSuspended?, mcp?}` | 201, the agent with its `token` |
 * | `POST /sites` | `{suspended?}` | 201, the site with its `token` |
 * | `POST /login-requests` | `{difficulty?, challenge?, expiresInMs?, siteToken?}` | 201, the login request |
 * | `GET /login-requests` | | `loginRequests`, oldest first |
 * | `GET /login-requests/:id` | | `requestId`, `siteId`, `status`, `challenge`, `difficulty`, `expiresAt`, `approvedAgentId` |
 * | `POST /login-requests/:id/expire` | | the login request |
 */
export function limeControlRoutes(lime: LimeControl): Hono {
  const app = new Hono();
  const settingsNow = () => Object.fromEntries(settingNames.map((name) => [name, lime[name]]));

  endpoint(app, '/settings', {
    GET: () => success(settingsNow()),
    PATCH: async (c) => {
      Object.assign(lime, checkInput(settings, (await readJson(c.req.raw)) ?? {}, 'settings'));
      return success(settingsNow());
    },
  });

  // What the body must look like is checked by the control itself.
  endpoint(app, '/agents', {
    POST: async (c) => success(lime.addAgent((await readJson(c.req.raw)) as object | undefined), 201),
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
  return app;
}
