import { Hono } from 'hono';
import * as v from 'valibot';
import { readJson } from '../../body.js';
import { endpoint } from '../../endpoint.js';
import { success } from '../../envelope.js';
import { checkInput } from '../../input.js';
import type { KeysControl } from './control.js';

const signBody = v.strictObject({ claims: v.unknown(), kid: v.optional(v.string()), header: v.optional(v.unknown()) });

/**
 * The hooks of {@link KeysControl}, under `/__emulator/lime/keys`. A key is `{kid, current, published}`.
 *
 * | verb, path | body | answer's `data` |
 * | --- | --- | --- |
 * | `GET /` | | `keys`, oldest first |
 * | `POST /` | | 201, another key that is published |
 * | `POST /rotate` | | 201, the key that signs from now on |
 * | `POST /sign` | `{claims, kid?, header?}` | `token` |
 * | `POST /:kid/use` | | the key |
 * | `POST /:kid/retire` | | the key |
 */
export function keysControlRoutes(keys: KeysControl): Hono {
  const app = new Hono();
  endpoint(app, '/', { GET: () => success({ keys: keys.list() }), POST: () => success(keys.add(), 201) });
  endpoint(app, '/rotate', { POST: () => success(keys.rotate(), 201) });
  endpoint(app, '/sign', {
    POST: async (c) => {
      const { claims, ...options } = checkInput(signBody, await readJson(c.req.raw), 'body');
      // `sign` checks what these are.
      return success({ token: await keys.sign(claims as Record<string, unknown>, options as object) });
    },
  });
  endpoint(app, '/:kid/use', { POST: (c) => success(keys.use(c.req.param('kid') ?? '')) });
  endpoint(app, '/:kid/retire', { POST: (c) => success(keys.retire(c.req.param('kid') ?? '')) });
  return app;
}
