import { Hono } from 'hono';
import { readJson } from '../../body.js';
import { endpoint } from '../../endpoint.js';
import { success } from '../../envelope.js';
import { EmulatorNotFoundError } from '../../errors.js';
import type { BindingsControl } from './control.js';

/**
 * The hooks of {@link BindingsControl}, under `/__emulator/lime/bindings`.
 *
 * | verb, path | body | answer's `data` |
 * | --- | --- | --- |
 * | `GET /` | | `bindings`, oldest first |
 * | `GET /:id` | | `bindingId`, `siteId`, `redirectUri`, `status`, `expiresAt`, `agentId` |
 * | `POST /:id/complete` | `{agentToken?}` | `redirectUrl`, `bindingCode` |
 * | `POST /:id/expire` | | the binding |
 */
export function bindingsControlRoutes(bindings: BindingsControl): Hono {
  const app = new Hono();
  endpoint(app, '/', { GET: () => success({ bindings: bindings.list() }) });
  endpoint(app, '/:id', {
    GET: (c) => {
      const binding = bindings.get(c.req.param('id') ?? '');
      if (binding === undefined) throw new EmulatorNotFoundError('No binding has this id, or it was dropped.');
      return success(binding);
    },
  });
  endpoint(app, '/:id/complete', {
    POST: async (c) => {
      const options = (await readJson(c.req.raw)) as object | undefined;
      return success(await bindings.complete(c.req.param('id') ?? '', options));
    },
  });
  endpoint(app, '/:id/expire', { POST: (c) => success(bindings.expire(c.req.param('id') ?? '')) });
  return app;
}
