import type { Context } from 'hono';
import type { OtpAgent, Owner } from './accounts.js';
import { type Api, existing, idOf } from './api.js';
import { isAgent } from './callers.js';
import { checked } from './input.js';
import type { Permission, TokenProblem } from './permissions.js';
import { conflict, OtpRefusal } from './refusals.js';
import { decideSchema, permissionRequestSchema, revokeSchema, tokenSchema, useSchema } from './schemas.js';
import { isRecord } from './spelling.js';
import { dateTime, decisionBody, justExpiredBody, permissionBody } from './wire.js';

/** What the relay answers at a path that it shares with permissions, as its own server mounts it (Agent OTP contract §2.5). */
export interface RelayLanes {
  request(c: Context, agent: OtpAgent, body: unknown): Response;
  status(c: Context, caller: OtpAgent | Owner): Response;
}

/** Ask, read, verify, use, revoke, decide (contract §2.2, §2.4). */
export function permissionRoutes(api: Api, relay: RelayLanes): void {
  const { app, platform, dialect } = api;

  app.post('/permissions/request', async (c) => {
    const agent = api.agent(c);
    const body = await api.body(c);
    if (isRecord(body) && body['action'] === undefined && body['publicKey'] !== undefined) {
      return relay.request(c, agent, body);
    }
    const { resource = null, webhookUrl = null, ttl, ...wish } = checked(permissionRequestSchema, body);
    const permission = platform.request(
      agent,
      { ...wish, resource, ttlSeconds: ttl, callbackUrl: webhookUrl },
      c.req.raw,
    );
    return dialect.answer(c.req.raw, requestedBody(permission, c), { status: statusOf(permission) });
  });

  app.get('/permissions/:id', (c) => {
    const caller = api.agentOrOwner(c);
    const id = idOf(c);
    if (platform.permissions.peek(id) === undefined && platform.relays.get(id) !== undefined)
      return relay.status(c, caller);
    const { strictCompat } = platform.settings.now;
    own(id, caller);
    const justExpired = platform.permissions.expire(id);
    const permission = own(id, caller);
    if (strictCompat && justExpired) return dialect.answer(c.req.raw, justExpiredBody(permission));
    return dialect.answer(c.req.raw, permissionBody(permission, strictCompat ? undefined : { token: isAgent(caller) }));
  });

  app.post('/permissions/:id/verify', async (c) => {
    const agent = api.agent(c);
    const body = await api.body(c);
    const permission = own(idOf(c), agent);
    const { token } = checked(tokenSchema, body);
    const problem = platform.permissions.problemOf(permission, token);
    if (problem !== undefined) {
      gone(problem);
      return dialect.answer(c.req.raw, { valid: false, reason: problem });
    }
    const { grantedScope, token: granted } = permission;
    const expiresAt = dateTime(granted?.expiresAtMs ?? 0);
    return dialect.answer(c.req.raw, {
      valid: true,
      scope: grantedScope,
      usesRemaining: granted?.usesRemaining,
      expiresAt,
    });
  });

  app.post('/permissions/:id/use', async (c) => {
    const agent = api.agent(c);
    const body = await api.body(c);
    // From here on nothing waits, so that of several uses exactly one wins.
    const permission = own(idOf(c), agent);
    const { token, actionDetails, details } = checked(useSchema, body);
    const problem = platform.use(permission, token, actionDetails ?? details, c.req.raw);
    if (problem === undefined) return dialect.answer(c.req.raw, { success: true, usesRemaining: 0 });
    gone(problem);
    return dialect.answer(c.req.raw, { success: false, usesRemaining: 0, reason: problem });
  });

  app.post('/permissions/:id/revoke', async (c) => {
    const agent = api.agent(c);
    const body = await api.body(c);
    const permission = own(idOf(c), agent);
    const { token, reason } = checked(revokeSchema, body);
    const problem = platform.permissions.problemOf(permission, token);
    if (problem !== undefined) {
      gone(problem);
      return dialect.answer(c.req.raw, { success: false, reason: problem });
    }
    const revokedAt = dateTime(platform.revoke(permission, reason).token?.revokedAtMs ?? 0);
    return dialect.answer(c.req.raw, { success: true, revokedAt });
  });

  app.post('/permissions/:id/decide', async (c) => {
    const caller = platform.callers.decider(c.req.raw);
    if (isAgent(caller)) api.agent(c);
    const body = await api.body(c);
    const permission = decidable(idOf(c), caller);
    const { approved, reason = null, scopeModifications } = checked(decideSchema, body);
    const decided = approved
      ? platform.approve(permission, { scopeModifications, reason })
      : platform.deny(permission, reason);
    if (decided === undefined) throw conflict(whyClosed(permission));
    return dialect.answer(c.req.raw, decisionBody(decided, c.req.raw));
  });

  /** The permission, if it is the agent's, or of one of the owner's agents. */
  function own(id: string, caller: OtpAgent | Owner): Permission {
    const permission = platform.permissions.peek(id);
    const isOwn = isAgent(caller) ? permission?.agentId === caller.agentId : permission?.ownerId === caller.ownerId;
    return existing(isOwn ? permission : undefined, 'permission');
  }

  /** Only with `strictCompat` does an agent come here, and then it decides on anybody's, as on the real server. */
  function decidable(id: string, caller: OtpAgent | Owner): Permission {
    return isAgent(caller) ? existing(platform.permissions.peek(id), 'permission') : own(id, caller);
  }

  function requestedBody(permission: Permission, c: Context): object {
    const body = decisionBody(permission, c.req.raw);
    if (dialect.enveloped) return body;
    const createdAt = dateTime(permission.createdAtMs);
    if (permission.status === 'denied')
      return { ...body, createdAt, deniedBy: 'policy', policyId: permission.policyId };
    return { ...body, createdAt, websocketUrl: (body as { webhookUrl?: string }).webhookUrl };
  }

  /** 201, 202, 200 of the server; 200, 202, 403 of the documents. */
  function statusOf({ status }: Permission): number {
    if (status === 'pending') return 202;
    if (status === 'approved') return dialect.enveloped ? 201 : 200;
    return dialect.enveloped ? 200 : 403;
  }

  /** Refuses a token that is over with 410, if the documents' way is set. @throws {OtpRefusal} */
  function gone(problem: TokenProblem): void {
    if (dialect.enveloped || platform.settings.now.tokenProblems === 'answer') return;
    const code = goneCodes[problem];
    if (code !== undefined) throw new OtpRefusal(410, code, `${problem}.`, { reason: problem });
  }
}

const goneCodes: Readonly<Partial<Record<TokenProblem, string>>> = {
  'Token has expired': 'TOKEN_EXPIRED',
  'Token has been revoked': 'TOKEN_REVOKED',
  'Token has been fully consumed': 'TOKEN_USED',
};

function whyClosed({ status }: Permission): string {
  return status === 'pending' ? 'The permission request has expired.' : `The permission request is already ${status}.`;
}
