import { Hono } from 'hono';
import { verify } from '../../pow/verify.js';
import { parseJson, readBody, readJson } from '../body.js';
import { endpoint, nothingElse } from '../endpoint.js';
import { failureOf, Refusal, success } from '../envelope.js';
import { bindingRoutes } from './bindings/routes.js';
import { eventRoutes } from './events/routes.js';
import { agentLane, publicLane, siteLane } from './lanes.js';
import type { LoginRequest } from './login-requests.js';
import { tokenRoutes } from './oauth/token-routes.js';
import type { LimePlatform } from './platform.js';
import { wellKnownRoutes } from './well-known.js';
import { approvedBody, challengeBody, createdBody, profileBody } from './wire.js';

/** The wire of LIME, relative to its API root (LIME contract §3.1). */
export function limeRoutes(platform: LimePlatform): Hono {
  const { accounts, requests } = platform;
  const app = new Hono();
  app.onError(failureOf);

  endpoint(app, '/auth/requests/:id', {
    GET: (c) => {
      publicLane(c.req.raw);
      const request = existing(requests.get(c.req.param('id') ?? ''));
      if (request.status !== 'PENDING') throw notFound();
      return success(challengeBody(request));
    },
  });

  endpoint(app, '/modules/agent-login/requests', {
    POST: async (c) => {
      const site = siteLane(c.req.raw, accounts);
      await readJson(c.req.raw);
      return success(createdBody(platform.createRequest(site)), 201);
    },
  });

  endpoint(app, '/modules/agent-login/requests/:id', {
    GET: (c) => {
      const site = siteLane(c.req.raw, accounts);
      const request = existing(requests.get(c.req.param('id') ?? ''));
      if (request.siteId !== site.siteId) throw notFound();
      return success(createdBody(request));
    },
  });

  endpoint(app, '/modules/agent-login/requests/:id/approve', {
    POST: async (c) => {
      const body = await readBody(c.req.raw);
      // From here on nothing waits, so that of several approvals exactly one wins. The order is the contract's (§4.4).
      const agent = agentLane(c.req.raw, accounts);
      const request = existing(requests.get(c.req.param('id') ?? ''));
      if (!solves(request, nonceOf(parseJson(body)))) {
        throw new Refusal(400, 'INVALID_POW', 'The nonce does not solve the challenge.');
      }
      // The status of an expiry is not documented; 410 tells it from the 409 of a lost race.
      if (request.status === 'EXPIRED') throw new Refusal(410, 'REQUEST_EXPIRED', 'The login request has expired.');
      if (!platform.approve(request.requestId, agent)) {
        throw new Refusal(409, 'SITE_LOGIN_CONFLICT', 'The login request is not pending any more.');
      }
      return success(approvedBody(existing(requests.get(request.requestId))));
    },
  });

  endpoint(app, '/core/agents/me/profile', {
    GET: (c) => success(profileBody(agentLane(c.req.raw, accounts))),
  });

  app.route('/modules/agent-login/events', eventRoutes(accounts, platform.events));
  app.route('/modules/bindings', bindingRoutes(platform));
  app.route('/modules/oauth/token', tokenRoutes(platform));
  app.route('/', wellKnownRoutes(platform.keys));
  nothingElse(app);
  return app;

  function solves({ challenge, difficulty }: LoginRequest, nonce: string): boolean {
    // A lone surrogate has no bytes to hash.
    if (/\p{Surrogate}/u.test(nonce)) return false;
    const { acceptedAlgorithms } = platform.settings.now;
    return acceptedAlgorithms.some((algorithm) => verify({ challenge, nonce, difficulty, algorithm }));
  }
}

function existing(request: LoginRequest | undefined): LoginRequest {
  if (request === undefined) throw notFound();
  return request;
}

function notFound(): Refusal {
  return new Refusal(404, 'SITE_LOGIN_REQUEST_NOT_FOUND', 'There is no such login request.');
}

function nonceOf(body: unknown): string {
  const nonce = typeof body === 'object' && body !== null && 'pow_nonce' in body ? body.pow_nonce : undefined;
  if (typeof nonce !== 'string' || nonce === '') {
    throw new Refusal(400, 'MISSING_POW_NONCE', 'pow_nonce is missing: it must be a non-empty string.');
  }
  return nonce;
}
