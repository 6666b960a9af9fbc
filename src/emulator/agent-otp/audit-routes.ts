import { type Api, existing, idOf } from './api.js';
import { checked } from './input.js';
import { pageOf } from './page.js';
import { forbidden } from './refusals.js';
import { auditQuerySchema, pagingSchema } from './schemas.js';
import { auditBody } from './wire.js';

const STATS_DAYS = 30;

/** What happened, for the owner (Agent OTP contract §2.3; one entry: §2.4). */
export function auditRoutes(api: Api): void {
  const { app, platform, dialect } = api;
  const { audit } = platform;

  app.get('/audit', (c) => {
    const { ownerId } = api.owner(c);
    const { page, limit, startDate, endDate, permissionId, ...filter } = checked(auditQuerySchema, api.query(c));
    const permissionRequestId = filter.permissionRequestId ?? permissionId;
    const entries = audit.list(ownerId, { ...filter, permissionRequestId, fromMs: startDate, toMs: endDate });
    return dialect.list(c.req.raw, pageOf(entries, { page, limit }, auditBody));
  });
  app.get('/audit/stats', (c) => {
    const { ownerId } = api.owner(c);
    const entries = audit.list(ownerId, { fromMs: platform.clock.now() - STATS_DAYS * 86_400_000 });
    const byEventType: Record<string, number> = {};
    for (const { eventType } of entries) byEventType[eventType] = (byEventType[eventType] ?? 0) + 1;
    return dialect.answer(c.req.raw, { period: `${STATS_DAYS}d`, total: entries.length, byEventType });
  });
  app.get('/audit/permissions/:id', (c) => {
    const { ownerId } = api.owner(c);
    const subject = existing(platform.find(idOf(c)), 'permission');
    if (subject.ownerId !== ownerId) throw forbidden("This is another owner's permission.");
    const trail = audit.list(ownerId, { permissionRequestId: subject.id }).map(auditBody).reverse();
    // A list without paging: under `/v1` an object around it, as of every list there.
    return dialect.answer(c.req.raw, dialect.enveloped ? trail : { data: trail }, { nested: ['data'] });
  });
  app.get('/audit/agents/:id', (c) => {
    const { ownerId } = api.owner(c);
    const agentId = idOf(c);
    const entries = audit.list(ownerId, { agentId });
    // A deleted agent still has a past.
    if (platform.accounts.findAgent(agentId)?.ownerId !== ownerId) existing(entries[0], 'agent');
    return dialect.list(c.req.raw, pageOf(entries, checked(pagingSchema, api.query(c)), auditBody));
  });
  app.get('/audit/:id', (c) => {
    const { ownerId } = api.owner(c);
    const entry = audit.list(ownerId).find(({ id }) => id === idOf(c));
    return dialect.answer(c.req.raw, auditBody(existing(entry, 'entry')));
  });
}
