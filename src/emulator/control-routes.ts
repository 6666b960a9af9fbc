import { Hono } from 'hono';
import * as v from 'valibot';
import { axmeControlRoutes } from './axme/control-routes.js';
import { readJson } from './body.js';
import { describeEmulator } from './describe.js';
import type { Emulator } from './emulator.js';
import { endpoint, nothingElse } from './endpoint.js';
import { failureOf, Refusal, success } from './envelope.js';
import { EmulatorError, EmulatorNotFoundError } from './errors.js';
import type { Fault } from './faults/fault.js';
import { checkInput } from './input.js';
import { limeControlRoutes } from './lime/control-routes.js';
import { mcpControlRoutes } from './mcp/control-routes.js';

const advance = v.strictObject({ advanceMs: v.number() });

/**
 * The emulator's own routes, under `/__emulator`, for scripts and other languages. Bodies and answers are JSON with the
 * names of the TypeScript API; answers are enveloped as LIME's are. Faults do not reach them, nor does the request log.
 *
 * | verb, path | body | answer's `data` |
 * | --- | --- | --- |
 * | `GET /` | | addresses and tokens, as `EmulatorDescription` |
 * | `POST /reset` | | nothing |
 * | `POST /clock` | `{advanceMs}` | `now`, milliseconds since the epoch |
 * | `GET /requests` | | `requests`, newest last |
 * | `POST /faults` | a `Fault`; `path` is a string, `rewrite` is `{set?, remove?}` | 201, nothing |
 * | `DELETE /faults` | | nothing |
 *
 * Those of LIME, under `/lime`: {@link limeControlRoutes}; of the MCP server, under `/mcp`: {@link mcpControlRoutes}; of
 * AXME, under `/axme`: {@link axmeControlRoutes}.
 */
export function controlRoutes(emulator: Emulator): Hono {
  const app = new Hono();
  app.onError((error) => {
    if (!(error instanceof EmulatorError)) return failureOf(error);
    return failureOf(new Refusal(error instanceof EmulatorNotFoundError ? 404 : 400, error.code, error.message));
  });

  endpoint(app, '/', { GET: (c) => success(describeEmulator(emulator, new URL(c.req.url).origin)) });
  endpoint(app, '/reset', {
    POST: () => {
      emulator.reset();
      return success({});
    },
  });
  endpoint(app, '/clock', {
    POST: async (c) => {
      emulator.clock.advance(checkInput(advance, await readJson(c.req.raw), 'clock').advanceMs);
      return success({ now: emulator.clock.now() });
    },
  });
  endpoint(app, '/requests', { GET: () => success({ requests: emulator.requests }) });
  endpoint(app, '/faults', {
    POST: async (c) => {
      // `add` checks it.
      emulator.faults.add((await readJson(c.req.raw)) as Fault);
      return success({}, 201);
    },
    DELETE: () => {
      emulator.faults.clear();
      return success({});
    },
  });
  app.route('/lime', limeControlRoutes(emulator.lime));
  app.route('/mcp', mcpControlRoutes(emulator.mcp));
  app.route('/axme', axmeControlRoutes(emulator.axme));
  nothingElse(app);
  return app;
}
