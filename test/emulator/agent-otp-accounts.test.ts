import { describe, expect, it } from 'vitest';
import {
  approved,
  ask,
  asOwner,
  call,
  DIALECTS,
  frozen,
  type Json,
  START,
  spend,
  status,
} from './agent-otp-helpers.js';

const verify = (emulator: ReturnType<typeof frozen>, headers: Record<string, string>) =>
  call(emulator, 'GET', '/v1/auth/verify', { key: null, headers });

describe('an agent’s key', () => {
  it('is taken as a Bearer token in any case, or alone', async () => {
    const emulator = frozen();
    const { apiKey, ownerId } = emulator.agentOtp;
    expect(apiKey).toMatch(/^ak_[\w-]{32}$/);
    for (const value of [`Bearer ${apiKey}`, `bearer ${apiKey}`, `BEARER  ${apiKey}`, apiKey]) {
      const { status: code, body } = await verify(emulator, { Authorization: value });
      expect([code, body]).toEqual([200, expect.objectContaining({ valid: true, userId: ownerId, user_id: ownerId })]);
    }
  });

  it('is refused when it is missing, malformed or unknown, without being said', async () => {
    const emulator = frozen();
    for (const value of [
      '',
      'Bearer ',
      'Bearer sk_x',
      'Basic ak_x',
      'Bearer ak_SECRET',
      `Bearer ${emulator.agentOtp.apiKey}x`,
    ]) {
      const answer = await verify(emulator, value === '' ? {} : { Authorization: value });
      expect(answer).toMatchObject({ status: 401, body: { success: false, error: { code: 'UNAUTHORIZED' } } });
      expect(JSON.stringify(answer.body)).not.toContain('SECRET');
    }
  });

  it('is answered 403 when the agent is inactive', async () => {
    const emulator = frozen();
    const { apiKey: key } = emulator.agentOtp.addAgent({ isActive: false });
    expect(await ask(emulator, {}, { key })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  });

  it('is taken as X-API-Key, or when it is unknown, only if so set', async () => {
    const emulator = frozen();
    const header = { 'X-API-Key': emulator.agentOtp.apiKey };
    expect((await verify(emulator, header)).status).toBe(401);
    emulator.agentOtp.acceptApiKeyHeader = true;
    expect((await verify(emulator, header)).status).toBe(200);
    emulator.agentOtp.acceptUnknownKeys = true;
    const { id } = await ask(emulator, {}, { key: 'ak_mine' });
    expect((await status(emulator, id, { key: 'ak_mine' })).status).toBe(200);
    expect((await status(emulator, id, { key: 'ak_other' })).status).toBe(404);
    expect((await ask(emulator, {}, { key: 'ak_test_mine' })).data['status']).toBe('approved');
    expect((await verify(emulator, { Authorization: `ak_${'x'.repeat(300)}` })).status).toBe(401);
  });
});

describe('an owner', () => {
  const agents = (emulator: ReturnType<typeof frozen>, headers: Record<string, string>) =>
    call(emulator, 'GET', '/api/v1/agents', { key: null, headers });

  it('is who X-User-ID says, or whose secret it has', async () => {
    const emulator = frozen();
    const { ownerId, ownerSecret } = emulator.agentOtp;
    expect((await agents(emulator, { 'X-User-ID': ownerId })).status).toBe(200);
    expect((await agents(emulator, { Authorization: `Bearer ${ownerSecret}` })).status).toBe(200);
    for (const headers of [
      {},
      { 'X-User-ID': 'x' },
      { 'X-User-ID': crypto.randomUUID() },
      { Authorization: 'Bearer uk_x' },
    ]) {
      expect(await agents(emulator, headers as Record<string, string>)).toMatchObject({
        status: 401,
        body: { code: 'UNAUTHORIZED' },
      });
    }
  });

  it('is only who has the secret, where X-User-ID is not trusted', async () => {
    const emulator = frozen({ agentOtp: { trustUserId: false } });
    const { ownerId, ownerSecret } = emulator.agentOtp;
    const { id } = await ask(emulator);
    const decide = (headers: Record<string, string>) =>
      call(emulator, 'POST', `/api/v1/permissions/${id}/decide`, { key: null, headers, body: { approved: true } });
    for (const path of ['agents', 'policies', 'audit']) {
      expect((await asOwner(emulator, 'GET', `/api/v1/${path}`)).status).toBe(401);
    }
    expect((await decide({ 'X-User-ID': ownerId })).status).toBe(401);
    expect((await agents(emulator, { Authorization: `Bearer ${ownerSecret}` })).status).toBe(200);
    // A wrong secret is not made good by the id beside it.
    expect((await decide({ 'X-User-ID': ownerId, Authorization: 'Bearer uk_wrong' })).status).toBe(401);
    expect((await decide({ Authorization: `Bearer ${ownerSecret}` })).status).toBe(200);
  });
});

describe('tenants', () => {
  it('see nothing of each other', async () => {
    const emulator = frozen();
    const { agentOtp } = emulator;
    const { ownerId: owner } = agentOtp.addOwner();
    const { apiKey: key } = agentOtp.addAgent({ ownerId: owner });
    const { apiKey: sibling } = agentOtp.addAgent();
    const { id, token } = await approved(emulator);
    const relay = await call(emulator, 'POST', '/v1/otp/request', { body: { reason: 'r', publicKey: 'k' } });
    const code = String(relay.data['id']);
    const captured = { encryptedPayload: 'x', source: 'sms' };
    for (const prefix of DIALECTS) {
      for (const other of [key, sibling]) {
        expect((await status(emulator, id, { key: other }, prefix)).status).toBe(404);
        expect((await spend(emulator, id, token, { key: other }, prefix)).status).toBe(404);
        for (const verb of ['verify', 'revoke']) {
          const path = `${prefix}/permissions/${id}/${verb}`;
          expect((await call(emulator, 'POST', path, { key: other, body: { token } })).status).toBe(404);
        }
        expect((await call(emulator, 'GET', `${prefix}/otp/${code}`, { key: other })).status).toBe(404);
        expect((await call(emulator, 'POST', `${prefix}/otp/${code}/consume`, { key: other })).status).toBe(404);
        expect((await call(emulator, 'DELETE', `${prefix}/otp/${code}`, { key: other })).status).toBe(404);
      }
      expect((await call(emulator, 'GET', `${prefix}/otp/pending`, { key })).data['requests']).toEqual([]);
      expect((await call(emulator, 'GET', `${prefix}/otp/${code}/public-key`, { key })).status).toBe(404);
      expect((await call(emulator, 'POST', `${prefix}/otp/${code}/receive`, { key, body: captured })).status).toBe(404);
      const webhook = { ...captured, requestId: code };
      expect((await call(emulator, 'POST', `${prefix}/webhooks/otp`, { key, body: webhook })).status).toBe(404);
      expect((await call(emulator, 'POST', `${prefix}/webhooks/otp`, { key: null, body: webhook })).status).toBe(401);
      const decision = { key: null, owner, body: {} };
      for (const verb of ['approve', 'deny']) {
        expect((await call(emulator, 'POST', `${prefix}/otp/${code}/${verb}`, decision)).status).toBe(404);
      }
      expect((await call(emulator, 'GET', `${prefix}/permissions/${id}`, { key: null, owner })).status).toBe(404);
      expect((await call(emulator, 'GET', `${prefix}/audit`, { key: null, owner })).body['data']).toEqual([]);
      expect((await call(emulator, 'GET', `${prefix}/audit/permissions/${id}`, { key: null, owner })).status).toBe(403);
      const { agentId } = agentOtp.listAgents()[0]!;
      for (const path of [`agents/${agentId}`, `audit/agents/${agentId}`]) {
        expect((await call(emulator, 'GET', `${prefix}/${path}`, { key: null, owner })).status).toBe(404);
      }
    }
    // The owner reads it, but its agent's token is not the owner's.
    const read = await asOwner(emulator, 'GET', `/api/v1/permissions/${id}`);
    expect(read.data['status']).toBe('approved');
    expect(read.data).not.toHaveProperty('token');
  });
});

describe('agents of an owner', () => {
  it.each(DIALECTS)('are made, read, changed and deleted under %s', async (prefix) => {
    const emulator = frozen();
    const made = await asOwner(emulator, 'POST', `${prefix}/agents`, { name: 'n', metadata: { a_b: 1 } });
    const key = String(made.data['apiKey']);
    const fields = {
      id: expect.any(String),
      name: 'n',
      description: null,
      apiKeyPrefix: key.slice(0, 8),
      metadata: { a_b: 1 },
      isActive: true,
      createdAt: new Date(START).toISOString(),
      updatedAt: new Date(START).toISOString(),
    };
    expect(made).toMatchObject({ status: 201, data: fields });
    const path = `${prefix}/agents/${made.data['id']}`;
    const read = await asOwner(emulator, 'GET', path);
    expect(read.data).toMatchObject(fields);
    expect(JSON.stringify(read.body)).not.toContain(key);
    expect((await ask(emulator, {}, { key })).status).toBe(202);
    expect((await asOwner(emulator, 'PATCH', path, { isActive: false })).data).toMatchObject({
      isActive: false,
      name: 'n',
    });
    expect((await ask(emulator, {}, { key })).status).toBe(403);
    expect((await asOwner(emulator, 'PUT', path, { is_active: true, description: 'd' })).data).toMatchObject({
      isActive: true,
    });
    expect((await asOwner(emulator, 'DELETE', path)).data).toEqual({ deleted: true });
    expect((await ask(emulator, {}, { key })).status).toBe(401);
    for (const method of ['GET', 'PATCH', 'DELETE']) expect((await asOwner(emulator, method, path)).status).toBe(404);
    expect((await asOwner(emulator, 'POST', `${prefix}/agents`, { name: '' })).status).toBe(400);
    const trail = await asOwner(emulator, 'GET', `${prefix}/audit/agents/${made.data['id']}`);
    expect((trail.body['data'] as Json[]).map(({ eventType }) => eventType)).toEqual([
      'agent_delete',
      'agent_update',
      'agent_update',
      'request',
      'agent_create',
    ]);
  });

  it('get another key, and the old one ends at once or after a grace', async () => {
    const emulator = frozen();
    const { agentId } = emulator.agentOtp.listAgents()[0]!;
    const rotate = async (body?: Json) => {
      const { data } = await asOwner(emulator, 'POST', `/v1/agents/${agentId}/rotate-key`, body);
      return { key: String(data['apiKey']), oldKeyExpiresAt: data['old_key_expires_at'] };
    };
    const good = async (key: string) => (await ask(emulator, {}, { key })).status === 202;
    const first = await rotate();
    expect(await good(emulator.agentOtp.apiKey)).toBe(false);
    expect(await good(first.key)).toBe(true);
    const second = await rotate({ grace_period: 60 });
    expect(second.oldKeyExpiresAt).toBe(new Date(START + 60_000).toISOString());
    expect([await good(first.key), await good(second.key)]).toEqual([true, true]);
    emulator.clock.advance(60_000);
    expect([await good(first.key), await good(second.key)]).toEqual([false, true]);
    const third = await rotate({ grace_period: 60, revoke_immediately: true });
    expect([await good(second.key), await good(third.key)]).toEqual([false, true]);
    emulator.reset();
    expect(await good(emulator.agentOtp.apiKey)).toBe(true);
  });

  it('are listed in pages', async () => {
    const emulator = frozen();
    for (let i = 1; i < 45; i++) emulator.agentOtp.addAgent({ name: `agent ${i}` });
    const page = (query: string) => asOwner(emulator, 'GET', `/api/v1/agents${query}`);
    expect((await page('')).body).toMatchObject({ meta: { page: 1, limit: 20, total: 45, totalPages: 3 } });
    const last = await page('?page=3&limit=20');
    expect((last.data as unknown as Json[]).map(({ name }) => name)).toEqual(
      [40, 41, 42, 43, 44].map((i) => `agent ${i}`),
    );
    for (const query of ['?page=0', '?page=x', '?limit=101', '?limit=1.5', '?limit=']) {
      expect((await page(query)).body).toMatchObject({
        error: { name: 'ZodError', issues: [{ path: [query.slice(1, query.indexOf('='))] }] },
      });
    }
    const names: unknown[] = [];
    for (let cursor: unknown; cursor !== null; ) {
      const { body } = await asOwner(emulator, 'GET', `/v1/agents?limit=10${cursor ? `&cursor=${cursor}` : ''}`);
      names.push(...(body['data'] as Json[]).map(({ name }) => name));
      expect(body['has_more']).toBe(body['next_cursor'] !== null);
      cursor = body['next_cursor'];
    }
    expect(new Set(names).size).toBe(45);
  });

  it('are not more than a thousand', async () => {
    const emulator = frozen();
    for (let i = 1; i < 1000; i++) emulator.agentOtp.addAgent();
    expect(await asOwner(emulator, 'POST', '/api/v1/agents', { name: 'n' })).toMatchObject({ status: 409 });
    expect(() => emulator.agentOtp.addAgent()).toThrow(/too many agents/);
  });
});

describe('rate limits', () => {
  it('are off from the start', async () => {
    const { headers } = await ask(frozen());
    expect(headers.get('X-RateLimit-Limit')).toBeNull();
  });

  it('count an agent’s requests in minutes that begin with the clock’s', async () => {
    const emulator = frozen({ agentOtp: { agentRequestsPerMinute: 3 } });
    const { id, headers } = await ask(emulator);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-ratelimit-limit': '3',
      'x-ratelimit-remaining': '2',
      'x-ratelimit-reset': String(START + 30_000),
    });
    await status(emulator, id, {}, '/v1');
    await status(emulator, id);
    const over = await status(emulator, id);
    expect(over).toMatchObject({ status: 429, body: { error: { code: 'RATE_LIMITED' }, retry_after: 30 } });
    expect(over.headers.get('Retry-After')).toBe('30');
    expect(over.headers.get('X-RateLimit-Remaining')).toBe('0');
    // Another agent has its own count; nobody who is not known is counted.
    const { apiKey: key } = emulator.agentOtp.addAgent();
    expect((await ask(emulator, {}, { key })).status).toBe(202);
    emulator.clock.advance(29_999);
    expect((await status(emulator, id)).status).toBe(429);
    emulator.clock.advance(1);
    expect((await status(emulator, id)).status).toBe(200);
  });

  it('count a client’s requests, of whatever kind', async () => {
    const emulator = frozen({ agentOtp: { clientRequestsPerMinute: 2 } });
    const from = (ip: string) =>
      call(emulator, 'GET', '/api/v1/agents', { key: null, headers: { 'CF-Connecting-IP': ip } });
    expect([(await from('1')).status, (await from('1')).status, (await from('1')).status]).toEqual([401, 401, 429]);
    expect((await from('2')).status).toBe(401);
    expect((await ask(emulator)).headers.get('X-RateLimit-Limit')).toBe('2');
    emulator.agentOtp.agentRequestsPerMinute = 60;
    expect((await ask(emulator)).headers.get('X-RateLimit-Limit')).toBe('60');
    emulator.agentOtp.configure({ clientRequestsPerMinute: null, agentRequestsPerMinute: null });
    expect((await from('1')).status).toBe(401);
  });
});

describe('the audit', () => {
  it('tells what happened, filtered and in pages', async () => {
    const emulator = frozen();
    const headers = { 'CF-Connecting-IP': '192.0.2.1', 'User-Agent': 'ua' };
    const { id } = await ask(emulator, { scope: { a: 1 } }, { headers });
    emulator.clock.advance(1000);
    const { data } = await asOwner(emulator, 'POST', `/api/v1/permissions/${id}/decide`, {
      approved: true,
      reason: 'r',
    });
    await spend(emulator, id, String(data['token']), { headers });
    const late = await ask(emulator, { ttl: 30 });
    emulator.clock.advance(30_000);
    await status(emulator, late.id);
    const read = async (query: string) => {
      const { body } = await asOwner(emulator, 'GET', `/api/v1/audit${query}`);
      return body['data'] as Json[];
    };
    const events = async (query: string) => (await read(query)).map(({ eventType }) => eventType);
    expect(await events('')).toEqual(['expire', 'request', 'use', 'approve', 'request']);
    expect(await events('?limit=2&page=2')).toEqual(['use', 'approve']);
    expect(await events(`?permissionRequestId=${id}`)).toEqual(['use', 'approve', 'request']);
    expect(await events(`?permission_id=${late.id}&event_type=expire`)).toEqual(['expire']);
    expect(await events('?eventType=use')).toEqual(['use']);
    const [from, to] = [1000, 1000].map((ms) => new Date(START + ms).toISOString());
    expect(await events(`?startDate=${from}&endDate=${to}`)).toEqual(['request', 'use', 'approve']);
    expect(await events(`?agentId=${emulator.agentOtp.listAgents()[0]!.agentId}`)).toHaveLength(5);
    const [request] = await read(`?permissionRequestId=${id}&eventType=request`);
    expect(request).toEqual({
      id: expect.any(String),
      userId: emulator.agentOtp.ownerId,
      agentId: emulator.agentOtp.listAgents()[0]!.agentId,
      permissionRequestId: id,
      eventType: 'request',
      details: { action: 'email.send', scope: { a: 1 }, context: {}, decision: 'require_approval' },
      ipAddress: '192.0.2.1',
      userAgent: 'ua',
      createdAt: new Date(START).toISOString(),
    });
    expect((await asOwner(emulator, 'GET', `/v1/audit/${request?.['id']}`)).body).toMatchObject({
      event_type: 'request',
    });
    for (const query of ['?eventType=x', '?agentId=x', '?startDate=yesterday', '?endDate=2030-13-01T00:00:00Z']) {
      expect((await asOwner(emulator, 'GET', `/api/v1/audit${query}`)).status).toBe(400);
    }
    const trail = await asOwner(emulator, 'GET', `/api/v1/audit/permissions/${id}`);
    expect((trail.data as unknown as Json[]).map(({ eventType }) => eventType)).toEqual(['request', 'approve', 'use']);
    const bare = await asOwner(emulator, 'GET', `/v1/audit/permissions/${id}`);
    expect((bare.body['data'] as Json[]).map((entry) => entry['event_type'])).toEqual(['request', 'approve', 'use']);
    expect((await asOwner(emulator, 'GET', '/api/v1/audit/permissions/none')).status).toBe(404);
  });

  it('counts the last thirty days', async () => {
    const emulator = frozen();
    await ask(emulator);
    emulator.clock.advance(20 * 86_400_000);
    await approved(emulator);
    const stats = () => asOwner(emulator, 'GET', '/api/v1/audit/stats');
    expect((await stats()).data).toEqual({ period: '30d', total: 3, byEventType: { request: 2, approve: 1 } });
    emulator.clock.advance(11 * 86_400_000);
    expect((await stats()).data).toEqual({ period: '30d', total: 2, byEventType: { request: 1, approve: 1 } });
  });
});

describe('companion apps', () => {
  it('link devices and Telegram accounts to the owner of the key', async () => {
    const emulator = frozen();
    const { ownerId } = emulator.agentOtp;
    const post = (path: string, body: Json) => call(emulator, 'POST', path, { body });
    const device = { platform: 'android', model: 'm', osVersion: '1', deviceId: 'd/1' };
    expect((await post('/v1/devices/register', device)).body).toMatchObject({ success: true, deviceId: 'd/1' });
    const linked = () => call(emulator, 'GET', '/v1/devices/d%2F1/status');
    expect((await linked()).body).toMatchObject({ isLinked: false });
    await post('/v1/devices/link', { deviceId: 'd/1', linkToken: 't' });
    expect((await linked()).body).toMatchObject({ isLinked: true, userId: ownerId });
    const telegram = () => call(emulator, 'GET', '/v1/users/telegram/7');
    expect((await telegram()).body).toEqual({ linked: false });
    await post('/v1/users/link-telegram', { telegramUserId: 7, linkToken: 't' });
    expect((await telegram()).body).toMatchObject({ linked: true, userId: ownerId });
    emulator.reset();
    expect((await telegram()).body).toEqual({ linked: false });
    expect((await post('/v1/devices/register', {})).status).toBe(400);
    for (const path of ['/v1/devices/d/status', '/v1/users/telegram/7', '/v1/auth/verify']) {
      expect((await call(emulator, 'GET', path, { key: null })).status).toBe(401);
    }
  });

  it('cannot decide by a webhook of Telegram: no bot is configured', async () => {
    const emulator = frozen();
    const { id } = await ask(emulator);
    const body = { callback_query: { data: `approve:${id}` } };
    const answer = await call(emulator, 'POST', '/api/v1/webhooks/telegram', { key: null, body });
    expect([answer.status, answer.body]).toEqual([503, { error: expect.any(String) }]);
    expect((await status(emulator, id)).data['status']).toBe('pending');
  });
});
