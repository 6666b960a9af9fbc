import { Hono } from 'hono';
import { endpoint } from '../endpoint.js';
import { failureOf } from '../envelope.js';
import type { KeyRing } from './keys/key-ring.js';
import { publicLane } from './lanes.js';

/** Where verifiers find the issuer and its keys (LIME contract §3.1), by addresses on the origin that they used. */
export function wellKnownRoutes(keys: KeyRing): Hono {
  const app = new Hono();
  app.onError(failureOf);

  endpoint(app, '/modules/oauth/.well-known/oauth-authorization-server', {
    GET: (c) => {
      publicLane(c.req.raw);
      const { origin } = new URL(c.req.url);
      return unionDocument({
        issuer: origin,
        token_endpoint: `${origin}/api/v1/modules/oauth/token`,
        jwks_uri: `${origin}/api/v1/core/.well-known/jwks.json`,
        grant_types_supported: ['client_credentials'],
      });
    },
  });

  endpoint(app, '/core/.well-known/jwks.json', {
    GET: async (c) => {
      publicLane(c.req.raw);
      return unionDocument({ keys: await Promise.all(keys.published().map((key) => key.jwk())) });
    },
  });
  return app;
}

/** Bare and enveloped at once, so that every release can read it (LIME contract §2.1). */
function unionDocument(document: object): Response {
  return Response.json({ ...document, ok: true, data: document });
}
