import { Hono } from 'hono';
import * as v from 'valibot';
import { readJson } from '../body.js';
import { endpoint } from '../endpoint.js';
import { success } from '../envelope.js';
import { checkInput } from '../input.js';
import { settingRoutes } from '../setting-routes.js';
import type { McpControl } from './control.js';
import type { McpOptions } from './settings.js';

const settingNames = [
  'pageSize',
  'repeatCursor',
  'jsonResponses',
  'serverStream',
  'leewaySeconds',
  'requireDomain',
] as const satisfies readonly (keyof McpOptions)[];

const rejection = v.strictObject({ count: v.optional(v.number(), 1), rpcMethod: v.optional(v.string()) });

/**
 * The hooks of {@link McpControl} for scripts and other languages, under `/__emulator/mcp`.
 *
 * | verb, path | body | answer's `data` |
 * | --- | --- | --- |
 * | `GET /settings` | | every setting of `McpOptions` |
 * | `PATCH /settings` | some of these, all or nothing | all of them |
 * | `GET /stats` | | `McpStats` |
 * | `POST /expire-sessions` | | `sessions`, how many there were |
 * | `POST /drop-streams` | | `streams`, how many there were |
 * | `POST /reject-next` | `{count?, rpcMethod?}`, one without `count` | 201, nothing |
 */
export function mcpControlRoutes(mcp: McpControl): Hono {
  const app = new Hono();
  settingRoutes(app, settingNames, mcp);
  endpoint(app, '/stats', { GET: () => success(mcp.stats) });
  endpoint(app, '/expire-sessions', { POST: () => success({ sessions: mcp.expireSessions() }) });
  endpoint(app, '/drop-streams', { POST: () => success({ streams: mcp.dropStreams() }) });
  endpoint(app, '/reject-next', {
    POST: async (c) => {
      const { count, ...options } = checkInput(rejection, (await readJson(c.req.raw)) ?? {}, 'rejection');
      mcp.rejectNext(count, options);
      return success({}, 201);
    },
  });
  return app;
}
