import { describe, expect, it } from 'vitest';
import {
  approved,
  ask,
  asOwner,
  BASE,
  call,
  DIALECTS,
  frozen,
  type Json,
  START,
  spend,
  status,
} from './agent-otp-helpers.js';

const decide = (emulator: ReturnType<typeof frozen>, id: string, body: Json, prefix = '/api/v1') =>
  asOwner(emulator, 'POST', `${prefix}/permissions/${id}/decide`, body);

const at = (ms: number) => new Date(START + ms).toISOString();

describe('asking', () => {
  it('leaves it to a human, where no policy decides', async () => {
    const { status: code, body, id } = await ask(frozen(), { scope: { max_emails: 1 } });
    expect(code).toBe(202);
    expect(body).toEqual({
      success: true,
      data: {
        id,
        status: 'pending',
        approvalUrl: `${BASE}/approve/${id}`,
        webhookUrl: expect.stringMatching(/^ws:\/\/emulator\.test\/agent-otp\/ws\/[\w-]+\?ticket=[0-9a-f]{32}$/),
        expiresAt: at(300_000),
      },
    });
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is decided at once for a test key', async () => {
    const emulator = frozen();
    const { apiKey: key } = emulator.agentOtp.addAgent({ test: true });
    expect(key).toMatch(/^ak_test_[0-9a-f]{32}$/);
    const yes = await ask(emulator, { scope: { a: 1 }, ttl: 60 }, { key });
    expect(yes).toMatchObject({ status: 201, data: { status: 'approved', scope: { a: 1 }, expiresAt: at(60_000) } });
    expect(yes.data['token']).toMatch(/^otp_[\w-]{24}$/);
    const no = await ask(emulator, { context: { _test_deny: true } }, { key });
    expect(no).toMatchObject({ status: 200, data: { status: 'denied', reason: expect.any(String) } });
    expect(no.data).not.toHaveProperty('token');
  });

  it('answers 200, 202 and 403 in the documented dialect', async () => {
    const emulator = frozen();
    const { apiKey: key } = emulator.agentOtp.addAgent({ test: true });
    expect((await ask(emulator, {}, {}, '/v1')).status).toBe(202);
    expect((await ask(emulator, {}, { key }, '/v1')).status).toBe(200);
    const no = await ask(emulator, { context: { _test_deny: true } }, { key }, '/v1');
    expect(no).toMatchObject({
      status: 403,
      body: { status: 'denied', id: no.id, denied_by: 'policy', policy_id: null },
    });
  });

  const wrong: [string, Json, (string | number)[], string][] = [
    ['no action', { action: undefined }, ['action'], 'invalid_type'],
    ['an empty action', { action: '' }, ['action'], 'too_small'],
    ['a long action', { action: 'a'.repeat(256) }, ['action'], 'too_big'],
    ['an action that is a number', { action: 1 }, ['action'], 'invalid_type'],
    ['a long resource', { resource: 'r'.repeat(256) }, ['resource'], 'too_big'],
    ['a scope that is a list', { scope: [] }, ['scope'], 'invalid_type'],
    ['a context that is null', { context: null }, ['context'], 'invalid_type'],
    ['a short ttl', { ttl: 29 }, ['ttl'], 'too_small'],
    ['a long ttl', { ttl: 3601 }, ['ttl'], 'too_big'],
    ['half a second', { ttl: 60.5 }, ['ttl'], 'invalid_type'],
    ['a ttl that is text', { ttl: '60' }, ['ttl'], 'invalid_type'],
    ['a callback to a file', { webhookUrl: 'file:///etc/passwd' }, ['webhookUrl'], 'custom'],
  ];
  it.each(wrong)('refuses %s as Zod does, and in the documented dialect by code', async (_name, wish, path, code) => {
    const zod = await ask(frozen(), wish);
    expect(zod.status).toBe(400);
    expect(zod.body).toEqual({
      success: false,
      error: { name: 'ZodError', issues: [expect.objectContaining({ code, path, message: expect.any(String) })] },
    });
    const bare = await ask(frozen(), wish, {}, '/v1');
    const details = { [path.join('.')]: expect.any(String) };
    expect(bare).toMatchObject({
      status: 400,
      body: { success: false, code: 'VALIDATION_ERROR', details, error: { code: 'VALIDATION_ERROR', details } },
    });
  });

  it('says what it expected', async () => {
    const { body } = await ask(frozen(), { action: 1, scope: [] }, {}, '/v1');
    expect(body['details']).toEqual({
      action: 'Expected string, received number',
      scope: 'Expected object, received array',
    });
  });

  it('reads JSON only, and only when it is declared', async () => {
    const emulator = frozen();
    const path = '/api/v1/permissions/request';
    const text = '{"action":"a"}';
    const typed = (type: string) => call(emulator, 'POST', path, { body: text, headers: { 'Content-Type': type } });
    expect((await typed('application/json; charset=utf-8')).status).toBe(202);
    expect((await typed('text/plain')).body['error']).toMatchObject({ name: 'ZodError' });
    const malformed = await call(emulator, 'POST', path, { body: '{' });
    expect(malformed).toMatchObject({ status: 400, body: { error: { code: 'VALIDATION_ERROR' } } });
    const flood = await call(emulator, 'POST', path, { body: { action: 'a', context: { a: 'x'.repeat(40_000) } } });
    expect(flood).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
    const list = await call(emulator, 'POST', path, { body: '[]' });
    expect(list.body['error']).toMatchObject({ name: 'ZodError' });
  });

  it('drops what it does not know, and prints prettily if asked', async () => {
    const emulator = frozen();
    const { id } = await ask(emulator, { nonsense: 1 });
    expect((await status(emulator, id)).data).not.toHaveProperty('nonsense');
    const response = await emulator.fetch(`${BASE}/api?pretty`);
    expect(await response.text()).toContain('\n  "name": ');
    expect(response.headers.get('Content-Type')).toBe('application/json');
  });
});

describe('deciding', () => {
  it('grants what was asked for, with modifications merged over it, for the rest of the time', async () => {
    const emulator = frozen();
    const { id } = await ask(emulator, { scope: { a: { b: 1 }, c: 1 }, ttl: 100 });
    emulator.clock.advance(40_000);
    const { data } = await decide(emulator, id, {
      approved: true,
      reason: 'fine',
      scopeModifications: { a: { d: 2 } },
    });
    const scope = { a: { d: 2 }, c: 1 };
    expect(data).toEqual({ id, status: 'approved', token: expect.any(String), scope, expiresAt: at(100_000) });
    const verified = await call(emulator, 'POST', `/api/v1/permissions/${id}/verify`, {
      body: { token: data['token'] },
    });
    expect(verified.data).toEqual({ valid: true, scope, usesRemaining: 1, expiresAt: at(100_000) });
    expect((await status(emulator, id)).data).toMatchObject({
      status: 'approved',
      token: data['token'],
      scope,
      requestedScope: { a: { b: 1 }, c: 1 },
      reason: 'fine',
      decisionReason: 'fine',
      decidedBy: 'user',
      decidedAt: at(40_000),
    });
  });

  it('gives a token thirty seconds at least', async () => {
    const emulator = frozen();
    const { id } = await ask(emulator, { ttl: 60 });
    emulator.clock.advance(59_000);
    const { data } = await decide(emulator, id, { approved: true });
    expect(data['expiresAt']).toBe(at(89_000));
    emulator.clock.advance(29_999);
    expect((await spend(emulator, id, String(data['token']))).data['success']).toBe(true);
  });

  it('denies with a reason', async () => {
    const emulator = frozen();
    const { id } = await ask(emulator);
    expect((await decide(emulator, id, { approved: false, reason: 'no' })).data).toEqual({
      id,
      status: 'denied',
      reason: 'no',
      expiresAt: at(300_000),
    });
    const { data } = await status(emulator, id);
    expect(data).toMatchObject({ status: 'denied', reason: 'no', decisionReason: 'no' });
    expect(data).not.toHaveProperty('token');
  });

  it('is for the owner only: agents of any kind are refused', async () => {
    const emulator = frozen();
    const { id } = await ask(emulator);
    const body = { approved: true };
    const path = `/api/v1/permissions/${id}/decide`;
    expect(await call(emulator, 'POST', path, { body })).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    expect((await call(emulator, 'POST', path, { key: null, body })).status).toBe(401);
    const other = emulator.agentOtp.addOwner();
    expect((await call(emulator, 'POST', path, { key: null, owner: other.ownerId, body })).status).toBe(404);
    expect((await status(emulator, id)).data['status']).toBe('pending');
    // The owner may send its agent's key too.
    const { ownerId } = emulator.agentOtp;
    expect((await call(emulator, 'POST', path, { owner: ownerId, body })).status).toBe(200);
  });

  it('is done by any agent with strictCompat, as on the real server', async () => {
    const emulator = frozen({ agentOtp: { strictCompat: true } });
    const { id } = await ask(emulator);
    const foreign = emulator.agentOtp.addAgent({ ownerId: emulator.agentOtp.addOwner().ownerId });
    const decided = await call(emulator, 'POST', `/api/v1/permissions/${id}/decide`, {
      key: foreign.apiKey,
      body: { approved: true },
    });
    expect(decided.data['status']).toBe('approved');
  });
});

describe('the states', () => {
  // How a permission comes to each of them.
  const reach: Record<string, (emulator: ReturnType<typeof frozen>) => Promise<{ id: string; token: string }>> = {
    pending: async (emulator) => ({ ...(await ask(emulator, { ttl: 60 })), token: 'otp_none' }),
    approved: (emulator) => approved(emulator, { ttl: 60 }),
    denied: async (emulator) => {
      const { id } = await ask(emulator);
      await decide(emulator, id, { approved: false });
      return { id, token: 'otp_none' };
    },
    expired: async (emulator) => {
      const { id } = await ask(emulator, { ttl: 30 });
      emulator.clock.advance(30_000);
      return { id, token: 'otp_none' };
    },
    used: async (emulator) => {
      const made = await approved(emulator);
      await spend(emulator, made.id, made.token);
      return made;
    },
  };
  const states = Object.keys(reach);

  it.each(states)('%s is said in both dialects, and by the control', async (state) => {
    const emulator = frozen();
    const { id } = await reach[state]!(emulator);
    const [server, documented] = await Promise.all(DIALECTS.map((prefix) => status(emulator, id, {}, prefix)));
    expect(server?.data['status']).toBe(state);
    for (const [name, value] of Object.entries(server?.data ?? {})) {
      const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      expect(documented?.body).toMatchObject({ [name]: value, [snake]: value });
    }
    expect(emulator.agentOtp.getPermission(id)?.status).toBe(state);
  });

  it.each(states.filter((state) => state !== 'pending'))('%s cannot be decided any more', async (state) => {
    const emulator = frozen();
    const { id } = await reach[state]!(emulator);
    for (const body of [{ approved: true }, { approved: false }]) {
      const refused = await decide(emulator, id, body);
      expect(refused).toMatchObject({
        status: 409,
        body: { error: { code: 'CONFLICT', message: expect.any(String) } },
      });
    }
    expect((await status(emulator, id)).data['status']).toBe(state);
  });

  it.each(states.filter((state) => state !== 'approved'))('%s has no token to verify, use or revoke', async (state) => {
    const emulator = frozen();
    const { id, token } = await reach[state]!(emulator);
    const reason = state === 'used' ? 'Token has been fully consumed' : 'Token not found';
    const post = (verb: string) => call(emulator, 'POST', `/api/v1/permissions/${id}/${verb}`, { body: { token } });
    expect((await post('verify')).data).toEqual({ valid: false, reason });
    expect((await post('use')).data).toEqual({ success: false, usesRemaining: 0, reason });
    expect((await post('revoke')).data).toEqual({ success: false, reason });
  });

  it('is decided once, however many decide at once, and in whatever sense', async () => {
    const emulator = frozen();
    const { id } = await ask(emulator);
    const decisions = await Promise.all(
      Array.from({ length: 64 }, (_, i) => {
        const path = `${DIALECTS[i % 2]}/permissions/${id}/decide`;
        return asOwner(emulator, 'POST', path, { approved: i % 3 === 0 });
      }),
    );
    const [first, ...more] = decisions.filter(({ status }) => status === 200);
    expect(more).toEqual([]);
    expect(decisions.filter(({ status }) => status === 409)).toHaveLength(63);
    expect((await status(emulator, id)).data['status']).toBe(first!.data['status']);
  });

  it('expires when its time is over, not before; deciding does not notice it, reading does', async () => {
    const emulator = frozen();
    const { id } = await ask(emulator, { ttl: 30 });
    emulator.clock.advance(29_999);
    expect((await status(emulator, id)).data['status']).toBe('pending');
    emulator.clock.advance(1);
    expect((await decide(emulator, id, { approved: true })).status).toBe(409);
    const { data } = await status(emulator, id);
    expect(data).toMatchObject({ status: 'expired', decidedBy: 'timeout', reason: expect.any(String) });
  });

  it('stays approved when the token is over', async () => {
    const emulator = frozen();
    const { id, token } = await approved(emulator, { ttl: 30 });
    emulator.clock.advance(30_000);
    expect((await status(emulator, id)).data['status']).toBe('approved');
    expect((await spend(emulator, id, token)).data).toMatchObject({ success: false, reason: 'Token has expired' });
  });
});

describe('tokens', () => {
  it('are spent once, however many try at once', async () => {
    const emulator = frozen();
    const { id, token } = await approved(emulator);
    const uses = await Promise.all(
      Array.from({ length: 64 }, (_, i) => spend(emulator, id, token, {}, DIALECTS[i % 2])),
    );
    expect(uses.filter(({ data }) => data['success'] === true)).toHaveLength(1);
    for (const { status: code, data } of uses.filter((use) => use.data['success'] !== true)) {
      expect(code).toBe(200);
      expect(data).toMatchObject({ success: false, usesRemaining: 0, reason: 'Token has been fully consumed' });
    }
    const { data } = await status(emulator, id);
    expect(data['status']).toBe('used');
    expect(data).not.toHaveProperty('token');
  });

  it('are of one permission and one agent', async () => {
    const emulator = frozen();
    const [one, other] = [await approved(emulator), await approved(emulator)];
    expect((await spend(emulator, one.id, other.token)).data['reason']).toBe('Token does not match permission request');
    const { apiKey: key } = emulator.agentOtp.addAgent();
    const foreign = await ask(emulator, {}, { key });
    emulator.agentOtp.approve(foreign.id);
    // Of another agent's token nothing is said.
    expect((await spend(emulator, foreign.id, one.token, { key })).data['reason']).toBe('Token not found');
    expect((await spend(emulator, one.id, one.token, { key })).status).toBe(404);
    expect((await spend(emulator, one.id, one.token)).data['success']).toBe(true);
  });

  it('can be revoked', async () => {
    const emulator = frozen();
    const { id, token } = await approved(emulator);
    const body = { token, reason: 'changed my mind' };
    const revoked = await call(emulator, 'POST', `/v1/permissions/${id}/revoke`, { body });
    expect(revoked).toMatchObject({ status: 200, body: { success: true, revokedAt: at(0), revoked_at: at(0) } });
    expect((await spend(emulator, id, token)).data['reason']).toBe('Token has been revoked');
    // Revoked comes before expired, and expired before spent.
    emulator.clock.advance(3_600_000);
    expect((await spend(emulator, id, token)).data['reason']).toBe('Token has been revoked');
    const { data } = await status(emulator, id);
    expect(data['status']).toBe('approved');
    expect(data).not.toHaveProperty('token');
  });

  it('are answered 410 in the documented dialect if so set', async () => {
    const emulator = frozen({ agentOtp: { tokenProblems: 'gone' } });
    const [spent, revoked, late] = [
      await approved(emulator),
      await approved(emulator),
      await approved(emulator, { ttl: 30 }),
    ];
    await spend(emulator, spent.id, spent.token);
    await call(emulator, 'POST', `/v1/permissions/${revoked.id}/revoke`, { body: { token: revoked.token } });
    const expectGone = async ({ id, token }: { id: string; token: string }, code: string) => {
      for (const verb of ['use', 'verify', 'revoke']) {
        const answer = await call(emulator, 'POST', `/v1/permissions/${id}/${verb}`, { body: { token } });
        expect(answer).toMatchObject({ status: 410, body: { success: false, code, error: { code } } });
      }
      expect((await spend(emulator, id, token)).status).toBe(200);
    };
    await expectGone(spent, 'TOKEN_USED');
    await expectGone(revoked, 'TOKEN_REVOKED');
    emulator.clock.advance(30_000);
    await expectGone(late, 'TOKEN_EXPIRED');
    expect((await spend(emulator, late.id, 'otp_other', {}, '/v1')).status).toBe(200);
  });

  it('must be said', async () => {
    const emulator = frozen();
    const { id } = await approved(emulator);
    for (const verb of ['use', 'verify', 'revoke']) {
      const answer = await call(emulator, 'POST', `/api/v1/permissions/${id}/${verb}`, { body: { token: '' } });
      expect(answer).toMatchObject({
        status: 400,
        body: { error: { name: 'ZodError', issues: [{ path: ['token'] }] } },
      });
    }
  });
});

describe('strictCompat', () => {
  it('leaves out of the status what the real server does', async () => {
    const emulator = frozen({ agentOtp: { strictCompat: true } });
    const { id, token } = await approved(emulator, { scope: { a: 1 } }, { reason: 'r', scopeModifications: { b: 2 } });
    expect((await status(emulator, id)).data).toEqual({
      id,
      status: 'approved',
      action: 'email.send',
      resource: null,
      scope: { a: 1 },
      context: {},
      decisionReason: 'r',
      decidedBy: 'user',
      decidedAt: at(0),
      expiresAt: at(300_000),
      createdAt: at(0),
    });
    expect((await spend(emulator, id, token)).data['success']).toBe(true);
  });

  it('has one read that notices the expiry, in another shape', async () => {
    const emulator = frozen({ agentOtp: { strictCompat: true } });
    const { id } = await ask(emulator, { ttl: 30, resource: 'r' });
    emulator.clock.advance(30_000);
    const reason = expect.any(String);
    expect((await status(emulator, id)).data).toEqual({
      id,
      status: 'expired',
      action: 'email.send',
      resource: 'r',
      scope: {},
      context: {},
      expiresAt: at(30_000),
      reason,
    });
    const { data } = await status(emulator, id);
    expect(data).toMatchObject({ status: 'expired', decidedBy: 'timeout', decisionReason: reason });
    expect(data).not.toHaveProperty('reason');
  });
});

describe('whatever is not there', () => {
  it.each(['../agents', '?x', '#x', 'a/b', '..', ' ', '\u0000', 'x'.repeat(2000)])('the id %j is 404', async (id) => {
    for (const prefix of DIALECTS) {
      const encoded = encodeURIComponent(id).replaceAll('.', '%2E');
      const { status: code, body } = await call(frozen(), 'GET', `${prefix}/permissions/${encoded}`);
      expect([code, body['code']]).toEqual([404, 'NOT_FOUND']);
    }
  });

  it('other paths and methods are 404, in the form of every error', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/nothing'],
      ['PUT', '/v1/permissions/request'],
      ['GET', '/nothing'],
      ['DELETE', '/api/v1/permissions/00000000-0000-4000-a000-000000000000'],
    ] as const) {
      const answer = await call(frozen(), method, path);
      const error = { code: expect.stringMatching(/NOT_FOUND$/), message: expect.any(String) };
      expect(answer).toMatchObject({ status: 404, body: { success: false, error } });
    }
  });
});

it('says that it is well', async () => {
  const emulator = frozen();
  const health = await call(emulator, 'GET', '/health', { key: null });
  expect(health.body).toEqual({ status: 'healthy', timestamp: at(0), version: '0.1.0' });
  expect((await call(emulator, 'GET', '/api', { key: null })).body).toMatchObject({
    version: 'v1',
    endpoints: expect.any(Object),
  });
});
