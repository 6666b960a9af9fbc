import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { AxmePlatform } from './axme/platform.js';
import { axmeRoutes } from './axme/routes.js';
import { consolePage } from './console.js';
import { controlRoutes } from './control-routes.js';
import type { Emulator } from './emulator.js';
import { nothingElse } from './endpoint.js';
import { failureOf } from './envelope.js';
import { applyFault } from './faults/apply.js';
import { LostConnectionError } from './faults/cut.js';
import type { FaultRules } from './faults/rules.js';
import { connectPageRoutes } from './lime/bindings/connect-page.js';
import type { LimePlatform } from './lime/platform.js';
import { limeRoutes } from './lime/routes.js';
import type { McpPlatform } from './mcp/platform.js';
import { mcpRoutes } from './mcp/routes.js';
import type { RequestLog } from './request-log.js';

/** The way of a request: CORS; the emulator's own routes; the log; the faults; the platforms. */
export function createApp(parts: {
  readonly emulator: Emulator;
  readonly platform: LimePlatform;
  readonly mcp: McpPlatform;
  readonly axme: AxmePlatform;
  readonly faults: FaultRules;
  readonly log: RequestLog;
}): Hono {
  const { emulator, platform, mcp, axme, faults, log } = parts;
  const app = new Hono();
  app.onError((error, c) => {
    // There is no answer when the connection was cut or the caller has gone.
    if (error instanceof LostConnectionError || c.req.raw.signal.aborted) throw error;
    return failureOf(error);
  });

  app.use(cors({ origin: '*', exposeHeaders: ['*'], maxAge: 600 }));
  app.route('/__emulator', controlRoutes(emulator));
  app.get('/', () => consolePage(emulator));

  app.use(async (c, next) => {
    const answered = log.record(c.req.raw);
    await next();
    answered(c.res.status);
  });
  app.use(async (c, next) => {
    const fault = await faults.take(c.req.raw);
    if (fault === undefined) return next();
    const act = async () => {
      await next();
      return c.res;
    };
    c.res = await applyFault(fault, c.req.raw, act, emulator.clock);
  });

  app.route('/api/v1', limeRoutes(platform));
  app.route('/axme', axmeRoutes(axme));
  app.route('/', connectPageRoutes(platform));
  app.route('/', mcpRoutes(mcp));
  nothingElse(app);
  return app;
}
