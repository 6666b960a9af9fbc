import type { Context } from 'hono';
import type { OtpAgent, Owner } from './accounts.js';
import { type Api, idOf } from './api.js';
import { isAgent } from './callers.js';
import { checked } from './input.js';
import type { RelayLanes } from './permission-routes.js';
import { conflict, OtpRefusal } from './refusals.js';
import type { CapturedCode, RelayRequest } from './relay-requests.js';
import { otpWebhookSchema, reasonSchema, receiveSchema, relayRequestSchema } from './schemas.js';
import { isRecord } from './spelling.js';
import { consumedBody, dateTime, pendingRelayBody, relayBody, relayRequestedBody } from './wire.js';

/** The relay of codes (Agent OTP contract §2.5, §2.6, §3.7), at `/otp` and, but for what reads, at `/permissions` too. */
export function relayRoutes(api: Api): RelayLanes {
  const { app, platform, dialect } = api;
  const lanes: RelayLanes = { request, status };

  app.post('/otp/request', async (c) => {
    const agent = api.agent(c);
    return request(c, agent, await api.body(c));
  });
  app.get('/otp/pending', (c) => {
    const caller = api.agentOrOwner(c);
    const source = c.req.query('source');
    const requests = platform.relays
      .list()
      .filter(({ ownerId, status }) => ownerId === caller.ownerId && ['pending_approval', 'approved'].includes(status))
      .filter(({ filter }) => !source || (filter.sources ?? [source]).some((wanted) => wanted === source))
      .map(pendingRelayBody);
    return dialect.answer(c.req.raw, { requests }, { nested: ['requests', 'filter'] });
  });
  app.get('/otp/:id', (c) => status(c, api.agentOrOwner(c)));
  app.get('/otp/:id/public-key', (c) => {
    const { publicKey } = ofOwner(idOf(c), api.agentOrOwner(c));
    return dialect.answer(c.req.raw, { publicKey });
  });

  for (const at of ['/otp', '/permissions']) {
    app.post(`${at}/:id/consume`, (c) => {
      const relay = ofAgent(idOf(c), api.agent(c));
      const code = platform.consumeCode(relay);
      if (code === undefined) throw notThere(relay);
      return dialect.answer(c.req.raw, consumedBody(relay.id, code, platform.clock.now()), { nested: ['metadata'] });
    });
    app.delete(`${at}/:id`, (c) => {
      const relay = ofAgent(idOf(c), api.agent(c));
      if (['consumed', 'denied', 'expired'].includes(relay.status)) throw notThere(relay);
      if (relay.status !== 'cancelled') platform.cancelCode(relay);
      return new Response(null, { status: 204 });
    });
    app.post(`${at}/:id/approve`, async (c) => {
      const relay = await decidable(c);
      if (platform.approveCode(relay) === undefined) throw conflict(`The request is ${relay.status}.`);
      return decided(c, relay.id, 'approved');
    });
    app.post(`${at}/:id/deny`, async (c) => {
      const relay = await decidable(c);
      const { reason = null } = checked(reasonSchema, await api.body(c));
      if (platform.denyCode(current(relay), reason) === undefined) throw conflict(`The request is ${relay.status}.`);
      return decided(c, relay.id, 'denied');
    });
  }

  app.post('/otp/:id/receive', async (c) => {
    const caller = api.agentOrOwner(c);
    const { source, encryptedPayload, encryptedContent = null, metadata } = checked(receiveSchema, await api.body(c));
    receive(ofOwner(idOf(c), caller), { source, encryptedPayload, encryptedContent, metadata });
    return dialect.answer(c.req.raw, { success: true, message: 'The code was received.' });
  });
  app.post('/webhooks/otp', async (c) => {
    const caller = api.agentOrOwner(c);
    const {
      requestId,
      source,
      encryptedPayload,
      encryptedContent = null,
      ...metadata
    } = checked(otpWebhookSchema, await api.body(c));
    receive(ofOwner(requestId, caller), { source, encryptedPayload, encryptedContent, metadata });
    return dialect.answer(c.req.raw, { status: 'otp_received', message: 'The code was received.' });
  });
  return lanes;

  function request(c: Context, agent: OtpAgent, body: unknown): Response {
    const spelled = isRecord(body) ? { ...body, filter: api.keys(body['filter']) } : body;
    const wish = checked(relayRequestSchema, spelled);
    const { reason, publicKey, expectedSender = null, filter, ttl, webhookUrl = null } = wish;
    const relay = platform.requestCode(
      agent,
      { purpose: reason, publicKey, expectedSender, filter, ttlSeconds: ttl, callbackUrl: webhookUrl },
      c.req.raw,
    );
    return dialect.answer(c.req.raw, relayRequestedBody(relay, c.req.raw), { status: 202 });
  }

  function status(c: Context, caller: OtpAgent | Owner): Response {
    const relay = isAgent(caller) ? ofAgent(idOf(c), caller) : ofOwner(idOf(c), caller);
    const agentName = platform.accounts.findAgent(relay.agentId)?.name;
    return dialect.answer(c.req.raw, relayBody(relay, agentName, c.req.raw), { nested: ['metadata'] });
  }

  function receive(relay: RelayRequest, code: CapturedCode): void {
    const { metadata, source } = code;
    const sender = metadata['sender'] ?? metadata['from'];
    const receivedAt = metadata['receivedAt'] ?? dateTime(platform.clock.now());
    const known = { ...metadata, sender, source, receivedAt };
    if (platform.receiveCode(relay, { ...code, metadata: known }) === undefined) throw notThere(relay);
  }

  /** The caller must be who may decide, and the request one of the owner's. */
  async function decidable(c: Context): Promise<RelayRequest> {
    const caller = platform.callers.decider(c.req.raw);
    if (!isAgent(caller)) return ofOwner(idOf(c), caller);
    api.agent(c);
    return existing(platform.relays.get(idOf(c)));
  }

  function decided(c: Context, requestId: string, status: string): Response {
    const message = `The request was ${status}.`;
    return dialect.answer(c.req.raw, { success: true, message, requestId, status });
  }

  function current({ id }: RelayRequest): RelayRequest {
    return existing(platform.relays.get(id));
  }

  function ofAgent(id: string, { agentId }: OtpAgent): RelayRequest {
    const relay = platform.relays.get(id);
    return existing(relay?.agentId === agentId ? relay : undefined);
  }

  function ofOwner(id: string, { ownerId }: OtpAgent | Owner): RelayRequest {
    const relay = platform.relays.get(id);
    return existing(relay?.ownerId === ownerId ? relay : undefined);
  }
}

function existing(relay: RelayRequest | undefined): RelayRequest {
  if (relay === undefined) throw new OtpRefusal(404, 'OTP_NOT_FOUND', 'There is no such request.');
  return relay;
}

/** Why there is no code to take, or to bring (contract §10). */
function notThere(relay: RelayRequest): OtpRefusal {
  const { status, expiresAtMs, consumedAtMs, reason } = relay;
  switch (status) {
    case 'consumed':
      return new OtpRefusal(410, 'OTP_ALREADY_CONSUMED', 'The code was taken already.', {
        consumedAt: dateTime(consumedAtMs ?? 0),
      });
    case 'expired':
      return new OtpRefusal(410, 'OTP_EXPIRED', 'The request has expired.', { expiredAt: dateTime(expiresAtMs) });
    case 'cancelled':
      return new OtpRefusal(410, 'OTP_CANCELLED', 'The request was cancelled.');
    case 'denied':
      return new OtpRefusal(403, 'OTP_APPROVAL_DENIED', 'The request was denied.', { reason: reason ?? undefined });
    default:
      return conflict(`The request is ${status}.`);
  }
}
