import { Hono } from 'hono';
import { readJson } from '../body.js';
import { endpoint } from '../endpoint.js';
import { success } from '../envelope.js';
import { EmulatorNotFoundError } from '../errors.js';
import { settingRoutes } from '../setting-routes.js';
import type { AgentOtpControl, DeliveredCode } from './control.js';
import type { AgentOtpOptions } from './settings.js';

const settingNames = [
  'strictCompat',
  'trustUserId',
  'acceptApiKeyHeader',
  'acceptUnknownKeys',
  'tokenProblems',
  'agentRequestsPerMinute',
  'clientRequestsPerMinute',
] as const satisfies readonly (keyof AgentOtpOptions)[];

/**
 * The hooks of {@link AgentOtpControl} for scripts and other languages, under `/__emulator/agent-otp`. Bodies and answers
 * are JSON with the names of the TypeScript API; answers are enveloped as LIME's are.
 *
 * | verb, path | body | answer's `data` |
 * | --- | --- | --- |
 * | `GET /settings` | | every setting of `AgentOtpOptions` |
 * | `PATCH /settings` | some of these, all or nothing | all of them |
 * | `POST /owners` | | 201, the owner with its secrets |
 * | `GET /agents` | | `agents`, each with its `apiKey` |
 * | `POST /agents` | `{ownerId?, name?, isActive?, test?}` | 201, the agent with its `apiKey` |
 * | `GET /permissions` | | `permissions`, oldest first |
 * | `GET /permissions/:id` | | the permission |
 * | `POST /permissions/:id/approve` | `{scopeModifications?, reason?}` | the permission |
 * | `POST /permissions/:id/deny` | `{reason?}` | the permission |
 * | `POST /permissions/:id/expire` | | the permission |
 * | `GET /relay-requests` | | `relayRequests`, oldest first |
 * | `GET /relay-requests/:id` | | the request for a code |
 * | `POST /relay-requests/:id/approve`, `/deny`, `/expire` | as of a permission | the request |
 * | `POST /relay-requests/:id/deliver` | `{code, fullMessage?, source?, sender?, preview?, form?}` | the request |
 * | `GET /webhooks` | | `webhooks`, oldest first |
 */
export function agentOtpControlRoutes(agentOtp: AgentOtpControl): Hono {
  const app = new Hono();
  settingRoutes(app, settingNames, agentOtp);

  // What the body must look like is checked by the control itself.
  endpoint(app, '/owners', { POST: () => success(agentOtp.addOwner(), 201) });
  endpoint(app, '/agents', {
    GET: () => success({ agents: agentOtp.listAgents() }),
    POST: async (c) => success(agentOtp.addAgent((await readJson(c.req.raw)) as object | undefined), 201),
  });
  endpoint(app, '/permissions', { GET: () => success({ permissions: agentOtp.listPermissions() }) });
  endpoint(app, '/permissions/:id', {
    GET: (c) => success(existing(agentOtp.getPermission(c.req.param('id') ?? ''))),
  });
  endpoint(app, '/relay-requests', { GET: () => success({ relayRequests: agentOtp.listRelayRequests() }) });
  endpoint(app, '/relay-requests/:id', {
    GET: (c) => success(existing(agentOtp.getRelayRequest(c.req.param('id') ?? ''))),
  });
  for (const of of ['/permissions', '/relay-requests']) {
    endpoint(app, `${of}/:id/approve`, {
      POST: async (c) => {
        const decision = (await readJson(c.req.raw)) as object | undefined;
        return success(agentOtp.approve(c.req.param('id') ?? '', decision));
      },
    });
    endpoint(app, `${of}/:id/deny`, {
      POST: async (c) => {
        const decision = (await readJson(c.req.raw)) as object | undefined;
        return success(agentOtp.deny(c.req.param('id') ?? '', decision));
      },
    });
    endpoint(app, `${of}/:id/expire`, { POST: (c) => success(agentOtp.expire(c.req.param('id') ?? '')) });
  }
  endpoint(app, '/relay-requests/:id/deliver', {
    POST: async (c) => {
      const code = ((await readJson(c.req.raw)) ?? {}) as DeliveredCode;
      return success(await agentOtp.deliverCode(c.req.param('id') ?? '', code));
    },
  });
  endpoint(app, '/webhooks', { GET: () => success({ webhooks: agentOtp.listWebhooks() }) });
  return app;
}

function existing<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) throw new EmulatorNotFoundError('Nothing has this id, or it was dropped.');
  return thing;
}
