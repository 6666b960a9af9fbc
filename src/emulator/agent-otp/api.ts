import { type Context, Hono } from 'hono';
import type { OtpAgent, Owner } from './accounts.js';
import type { Dialect } from './dialect.js';
import { readJson } from './input.js';
import type { AgentOtpPlatform } from './platform.js';
import { rateHeaders } from './rate-limits.js';
import { notFound, OtpRefusal } from './refusals.js';

/** What every route of one dialect shares. */
export class Api {
  readonly app: Hono = new Hono();
  readonly platform: AgentOtpPlatform;
  readonly dialect: Dialect;

  constructor(platform: AgentOtpPlatform, dialect: Dialect) {
    this.platform = platform;
    this.dialect = dialect;
    this.app.onError((error, c) => dialect.refuse(c.req.raw, error));
    this.app.use(async (c, next) => {
      const { clientRequestsPerMinute } = platform.settings.now;
      this.#count(c, `client ${c.req.header('CF-Connecting-IP') ?? ''}`, clientRequestsPerMinute);
      await next();
    });
  }

  /** The agent that calls, counted. @throws {OtpRefusal} 401, 403 or 429. */
  agent(c: Context): OtpAgent {
    const agent = this.platform.callers.agent(c.req.raw);
    this.#count(c, `agent ${agent.agentId}`, this.platform.settings.now.agentRequestsPerMinute);
    return agent;
  }

  /** The agent that calls, counted, or the owner. @throws {OtpRefusal} 401, 403 or 429. */
  agentOrOwner(c: Context): OtpAgent | Owner {
    const caller = this.platform.callers.agentOrOwner(c.req.raw);
    return 'agentId' in caller ? this.agent(c) : caller;
  }

  owner(c: Context): Owner {
    return this.platform.callers.owner(c.req.raw);
  }

  /** The body with its keys in camelCase. */
  async body(c: Context): Promise<unknown> {
    return this.keys(await readJson(c.req.raw));
  }

  /** The query with its keys in camelCase. A `cursor` of `/v1` is the page to go on with. */
  query(c: Context): unknown {
    const query = this.keys(c.req.query()) as Record<string, unknown>;
    return this.dialect.enveloped || query['cursor'] === undefined ? query : { ...query, page: query['cursor'] };
  }

  keys(record: unknown): unknown {
    return this.dialect.keys(record, this.platform.settings.now.strictCompat);
  }

  #count(c: Context, who: string, limit: number | null): void {
    if (limit === null) return;
    const state = this.platform.limits.count(who, limit);
    const headers = rateHeaders(state, this.platform.clock.now());
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    if (!state.exceeded) return;
    const retryAfter = Number(headers['Retry-After']);
    throw new OtpRefusal(429, 'RATE_LIMITED', 'Too many requests.', { retryAfter }, headers);
  }
}

/** Parts of the path, decoded. */
export function idOf(c: Context, name = 'id'): string {
  return c.req.param(name) ?? '';
}

export function existing<Thing>(thing: Thing | undefined, what: string): Thing {
  if (thing === undefined) throw notFound(`There is no such ${what}.`);
  return thing;
}
