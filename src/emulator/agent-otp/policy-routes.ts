import type { Context } from 'hono';
import type { Owner } from './accounts.js';
import { type Api, existing, idOf } from './api.js';
import { readConditions } from './conditions.js';
import { checked } from './input.js';
import { pageOf } from './page.js';
import type { Policy } from './policies.js';
import { conflict, invalid } from './refusals.js';
import { newPolicySchema, pagingSchema, policyChangeSchema } from './schemas.js';
import { policyBody } from './wire.js';

/** The policies of an owner (Agent OTP contract §2.3; `PUT`: §2.4). */
export function policyRoutes(api: Api): void {
  const { app, platform, dialect } = api;
  const { policies, accounts } = platform;

  app.get('/policies', (c) => {
    const { ownerId } = api.owner(c);
    return dialect.list(c.req.raw, pageOf(policies.list(ownerId), checked(pagingSchema, api.query(c)), namedBody));
  });
  app.post('/policies', async (c) => {
    const { ownerId } = api.owner(c);
    const fields = checked(newPolicySchema, await api.body(c));
    if (fields.agentId !== null && accounts.findAgent(fields.agentId)?.ownerId !== ownerId) {
      throw invalid('agentId: the owner has no such agent.');
    }
    const conditions = conditionsOf(fields.conditions);
    const policy = policies.add(ownerId, { ...fields, conditions, isActive: true }, platform.random);
    if (policy === undefined) throw conflict('There are too many policies.');
    note(policy, 'policy_create', { name: policy.name });
    return dialect.answer(c.req.raw, policyBody(policy), { status: 201 });
  });
  app.get('/policies/:id', (c) => dialect.answer(c.req.raw, namedBody(own(c, api.owner(c)))));
  app.on(['PATCH', 'PUT'], '/policies/:id', async (c) => {
    const owner = api.owner(c);
    own(c, owner);
    const { conditions, ...changes } = checked(policyChangeSchema, await api.body(c));
    const read = conditions === undefined ? undefined : conditionsOf(conditions);
    const policy = policies.update(own(c, owner), { ...changes, conditions: read });
    note(policy, 'policy_update', changes);
    return dialect.answer(c.req.raw, policyBody(policy));
  });
  app.delete('/policies/:id', (c) => {
    const policy = own(c, api.owner(c));
    policies.delete(policy);
    note(policy, 'policy_delete', { name: policy.name });
    return dialect.answer(c.req.raw, { deleted: true });
  });

  /** The documents' dialect has snake_case operators; the server's does not know them. */
  function conditionsOf(given: unknown) {
    const dropsUnknown = platform.settings.now.strictCompat;
    return readConditions(given, { snakeCase: !dialect.enveloped, dropsUnknown });
  }

  function own(c: Context, { ownerId }: Owner): Policy {
    return existing(policies.get(idOf(c), ownerId), 'policy');
  }

  function namedBody(policy: Policy): object {
    const agent = policy.agentId === null ? undefined : accounts.findAgent(policy.agentId);
    return { ...policyBody(policy), agentName: agent?.name ?? null };
  }

  function note(
    { ownerId, policyId, agentId }: Policy,
    eventType: 'policy_create' | 'policy_update' | 'policy_delete',
    details: object,
  ) {
    platform.audit.note({ userId: ownerId, agentId, eventType, details: { policyId, ...details } }, platform.random);
  }
}
