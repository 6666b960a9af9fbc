import { Hono } from 'hono';
import { readJson } from '../../body.js';
import { endpoint } from '../../endpoint.js';
import { failureOf, Refusal, success } from '../../envelope.js';
import { siteLane } from '../lanes.js';
import { issueBindingPassport } from '../passports/passports.js';
import type { LimePlatform } from '../platform.js';
import { bindingBody } from '../wire.js';

/** Where sites bind agents: `/modules/bindings` of LIME (contract §3.1 and §10.2). */
export function bindingRoutes(platform: LimePlatform): Hono {
  const { accounts, bindings } = platform;
  const app = new Hono();
  app.onError(failureOf);

  endpoint(app, '/requests', {
    POST: async (c) => {
      const { siteId } = siteLane(c.req.raw, accounts);
      const redirectUri = field(await readJson(c.req.raw), 'redirect_uri');
      if (!isAbsoluteHttps(redirectUri)) throw invalid('redirect_uri must be an absolute https URL.');
      const { origin } = new URL(c.req.url);
      return success(bindingBody(platform.createBinding({ siteId, redirectUri, origin }), origin), 201);
    },
  });

  endpoint(app, '/exchange', {
    POST: async (c) => {
      const { siteId } = siteLane(c.req.raw, accounts);
      const code = field(await readJson(c.req.raw), 'binding_code');
      if (code === '') throw invalid('binding_code is missing: it must be a non-empty string.');
      // From here on nothing waits until the code is used up, so that of several exchanges exactly one wins.
      const binding = bindings.findByCode(code, siteId);
      if (binding === undefined) throw new Refusal(404, 'BINDING_CODE_NOT_FOUND', 'There is no such binding code.');
      const agent = bindings.exchange(binding.bindingId);
      if (agent === undefined) throw new Refusal(410, 'BINDING_CODE_GONE', 'The binding code was used or has expired.');
      const { origin } = new URL(c.req.url);
      return success({ passport: await issueBindingPassport(platform, agent, binding.bindingId, origin) });
    },
  });
  return app;
}

/** The field as a string; anything else is empty. */
function field(body: unknown, name: string): string {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : '';
}

function isAbsoluteHttps(text: string): boolean {
  // The parser of URLs would also read `https:x`, and cut blanks off.
  return /^https:\/\/[^/\s\\]\S*$/i.test(text) && URL.canParse(text);
}

function invalid(message: string): Refusal {
  return new Refusal(400, 'VALIDATION_ERROR', message);
}
