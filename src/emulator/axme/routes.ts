import { Hono } from 'hono';
import { Refusal } from '../envelope.js';
import { LostConnectionError } from '../faults/cut.js';
import type { AxmePlatform } from './platform.js';
import { AxmeRefusal, refusalAnswer } from './refusal.js';
import { AxmeRouter } from './router.js';

/** The wire of AXME's gateway, relative to its base URL (AXME contract §10). */
export function axmeRoutes({ core, families }: AxmePlatform): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    // There is no answer when the connection was cut or the caller has gone.
    if (error instanceof LostConnectionError || c.req.raw.signal.aborted) throw error;
    return refusalAnswer(refusalOf(error));
  });
  app.use(async (c, next) => {
    core.time.run();
    await next();
    const { headers } = c.req.raw;
    c.res.headers.set('x-request-id', headers.get('x-request-id') ?? core.ids.uuid());
    const traceId = headers.get('x-trace-id');
    if (traceId !== null) c.res.headers.set('x-trace-id', traceId);
  });
  const router = new AxmeRouter(app, core);
  for (const family of families) family.routes(router);
  app.all('*', () => {
    throw new AxmeRefusal(404, 'Not Found');
  });
  return app;
}

function refusalOf(error: Error): AxmeRefusal {
  if (error instanceof AxmeRefusal) return error;
  // Reading a body is the emulator's own affair.
  if (error instanceof Refusal) return new AxmeRefusal(error.status, error.message);
  return new AxmeRefusal(500, error.message, { code: 'internal_error' });
}
