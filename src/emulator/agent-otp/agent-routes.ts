import type { Context } from 'hono';
import type { OtpAgent, Owner } from './accounts.js';
import { type Api, existing, idOf } from './api.js';
import { checked } from './input.js';
import { pageOf } from './page.js';
import { conflict } from './refusals.js';
import { agentChangeSchema, newAgentSchema, pagingSchema, rotateSchema } from './schemas.js';
import { agentBody, dateTime } from './wire.js';

/** The agents of an owner (Agent OTP contract §2.3; `PUT` and the body of rotate-key: §2.4). */
export function agentRoutes(api: Api): void {
  const { app, platform, dialect } = api;
  const { accounts } = platform;

  app.get('/agents', (c) => {
    const owner = api.owner(c);
    const agents = accounts.agents().filter(({ ownerId }) => ownerId === owner.ownerId);
    return dialect.list(c.req.raw, pageOf(agents, checked(pagingSchema, api.query(c)), agentBody));
  });
  app.post('/agents', async (c) => {
    const owner = api.owner(c);
    const agent = accounts.addAgent(owner.ownerId, checked(newAgentSchema, await api.body(c)));
    if (agent === undefined) throw conflict('There are too many agents.');
    note(agent, 'agent_create', { name: agent.name });
    return dialect.answer(c.req.raw, { ...agentBody(agent), apiKey: agent.apiKey }, { status: 201 });
  });
  app.get('/agents/:id', (c) => dialect.answer(c.req.raw, agentBody(own(c, api.owner(c)))));
  app.on(['PATCH', 'PUT'], '/agents/:id', async (c) => {
    const owner = api.owner(c);
    own(c, owner);
    const changes = checked(agentChangeSchema, await api.body(c));
    const agent = accounts.updateAgent(own(c, owner), changes);
    note(agent, 'agent_update', changes);
    return dialect.answer(c.req.raw, agentBody(agent));
  });
  app.delete('/agents/:id', (c) => {
    const agent = own(c, api.owner(c));
    accounts.deleteAgent(agent);
    note(agent, 'agent_delete', { name: agent.name });
    return dialect.answer(c.req.raw, { deleted: true });
  });
  app.post('/agents/:id/rotate-key', async (c) => {
    const owner = api.owner(c);
    const { gracePeriod = 0, revokeImmediately } = checked(rotateSchema, await api.body(c));
    const graceMs = revokeImmediately ? 0 : gracePeriod * 1000;
    const agent = accounts.rotateKey(own(c, owner), graceMs);
    note(agent, 'agent_update', { keyRotated: true });
    return dialect.answer(c.req.raw, {
      id: agent.agentId,
      name: agent.name,
      apiKey: agent.apiKey,
      apiKeyPrefix: agent.apiKey.slice(0, 8),
      updatedAt: dateTime(agent.updatedAtMs),
      oldKeyExpiresAt: graceMs > 0 ? dateTime(agent.updatedAtMs + graceMs) : undefined,
    });
  });

  function own(c: Context, owner: Owner): OtpAgent {
    const agent = accounts.findAgent(idOf(c));
    return existing(agent?.ownerId === owner.ownerId ? agent : undefined, 'agent');
  }

  function note(
    { ownerId, agentId }: OtpAgent,
    eventType: 'agent_create' | 'agent_update' | 'agent_delete',
    details: object,
  ) {
    platform.audit.note({ userId: ownerId, agentId, eventType, details }, platform.random);
  }
}
