import { describe, expect, it } from 'vitest';
import { createEmulator, EmulatorInputError, EmulatorNotFoundError } from '../../src/emulator/index.js';
import { approved, ask, asOwner, BASE, call, frozen, type Json, START, settled, status } from './agent-otp-helpers.js';

type Emulator = ReturnType<typeof frozen>;

async function control(emulator: Emulator, method: string, path: string, body?: unknown) {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await emulator.fetch(`http://emulator.test/__emulator/agent-otp${path}`, init);
  const json = (await response.json()) as { ok: boolean; data?: Json; error?: Json };
  return { status: response.status, data: json.data ?? {}, error: json.error };
}

describe('the API', () => {
  it('decides, with a reason and another scope', async () => {
    const emulator = frozen();
    const { agentOtp } = emulator;
    const one = await ask(emulator, { scope: { a: 1, b: 1 }, resource: 'r', context: { c: 1 } });
    const decided = agentOtp.approve(one.id, { scopeModifications: { b: 2 }, reason: 'fine' });
    const { agentId } = agentOtp.listAgents()[0]!;
    expect(decided).toEqual({
      id: one.id,
      ownerId: agentOtp.ownerId,
      agentId,
      status: 'approved',
      action: 'email.send',
      resource: 'r',
      scope: { a: 1, b: 1 },
      grantedScope: { a: 1, b: 2 },
      context: { c: 1 },
      reason: 'fine',
      decidedBy: 'user',
      decidedAtMs: START,
      policyId: null,
      createdAtMs: START,
      expiresAtMs: START + 300_000,
      callbackUrl: null,
      token: { expiresAtMs: START + 300_000, usesRemaining: 1, revokedAtMs: null },
    });
    expect(Object.isFrozen(decided)).toBe(true);
    const two = await ask(emulator);
    expect(agentOtp.deny(two.id, { reason: 'no' })).toMatchObject({ status: 'denied', reason: 'no', token: null });
    expect(agentOtp.listPermissions().map(({ id }) => id)).toEqual([one.id, two.id]);
    for (const act of [agentOtp.approve, agentOtp.deny]) {
      expect(() => act(one.id)).toThrow(/^decision: /);
      expect(() => act('none')).toThrow(EmulatorNotFoundError);
    }
  });

  it('ends the time of a permission, of its token, and of a code', async () => {
    const emulator = frozen();
    const { agentOtp } = emulator;
    const pending = await ask(emulator);
    expect(agentOtp.expire(pending.id)).toMatchObject({ status: 'expired', decidedBy: 'timeout' });
    const { id, token } = await approved(emulator);
    expect(agentOtp.expire(id)).toMatchObject({ status: 'approved' });
    const verified = await call(emulator, 'POST', `/v1/permissions/${id}/verify`, { body: { token } });
    expect(verified.data).toEqual({ valid: false, reason: 'Token has expired' });
    const { data } = await call(emulator, 'POST', '/v1/otp/request', { body: { reason: 'r', publicKey: 'k' } });
    expect(agentOtp.expire(String(data['id']))).toMatchObject({ status: 'expired' });
    expect(agentOtp.listRelayRequests()).toMatchObject([{ status: 'expired', purpose: 'r' }]);
    expect(() => agentOtp.expire('none')).toThrow(EmulatorNotFoundError);
  });

  it('shows no secrets of permissions', async () => {
    const emulator = frozen();
    const { token } = await approved(emulator);
    const { data } = await ask(emulator);
    const ticket = String(data['webhookUrl']).split('ticket=')[1] ?? '';
    const seen = JSON.stringify(emulator.agentOtp.listPermissions());
    expect([token, ticket].map((secret) => seen.includes(secret))).toEqual([false, false]);
  });

  it('refuses wrong input, naming the field', async () => {
    const emulator = frozen();
    const { agentOtp } = emulator;
    const { id } = await ask(emulator);
    const wrong: [() => unknown, RegExp][] = [
      [() => createEmulator({ agentOtp: { strictCompat: 1 as never } }), /^agentOtp\.strictCompat: /],
      [() => createEmulator({ agentOtp: { nope: 1 } as object }), /^agentOtp\.nope: /],
      [() => agentOtp.configure({ agentRequestsPerMinute: -1 }), /^agentOtp\.agentRequestsPerMinute: /],
      [() => agentOtp.approve(id, { reason: 1 as never }), /^decision\.reason: /],
      [() => agentOtp.approve(id, { scopeModifications: [] as never }), /^decision\.scopeModifications: /],
      [() => agentOtp.deny(id, { scopeModifications: {} } as object), /^decision\.scopeModifications: /],
      [() => agentOtp.addAgent({ name: '' }), /^agent\.name: /],
      [() => agentOtp.addAgent({ ownerId: 'none' }), /^agent\.ownerId: /],
    ];
    for (const [act, message] of wrong) {
      expect(act).toThrow(EmulatorInputError);
      expect(act).toThrow(message);
    }
    for (let i = 1; i < 100; i++) agentOtp.addOwner();
    expect(() => agentOtp.addOwner()).toThrow(/too many owners/);
  });

  it('follows as a socket does, until it stops', async () => {
    const emulator = frozen();
    const { id } = await ask(emulator);
    const told: string[] = [];
    const follower = (name: string) => ({
      message: (text: string) => told.push(`${name} ${JSON.parse(text).status}`),
      end: () => told.push(`${name} end`),
    });
    emulator.agentOtp.follow(id, follower('a'));
    const stop = emulator.agentOtp.follow(id, follower('b'));
    stop();
    stop();
    emulator.agentOtp.deny(id);
    expect(told).toEqual(['a pending', 'b pending', 'a denied', 'a end']);
    expect(() => emulator.agentOtp.follow('none', follower('c'))).toThrow(EmulatorNotFoundError);
    const next = await ask(emulator);
    for (let i = 0; i < 2000; i++) emulator.agentOtp.follow(next.id, { message: () => {}, end: () => {} });
    expect(() => emulator.agentOtp.follow(next.id, follower('d'))).toThrow(EmulatorNotFoundError);
  });

  it('goes back to the start, but for the first key, owner and secrets', async () => {
    const emulator = frozen({ agentOtp: { strictCompat: true } });
    const { agentOtp } = emulator;
    const first = [agentOtp.apiKey, agentOtp.ownerId, agentOtp.ownerSecret, agentOtp.webhookSecret];
    const { apiKey: key } = agentOtp.addAgent();
    const { id } = await ask(emulator);
    await asOwner(emulator, 'POST', '/api/v1/policies', { name: 'p', conditions: {}, action: 'deny' });
    agentOtp.configure({ strictCompat: false, agentRequestsPerMinute: 1 });
    emulator.reset();
    expect(first).toEqual([agentOtp.apiKey, agentOtp.ownerId, agentOtp.ownerSecret, agentOtp.webhookSecret]);
    expect(agentOtp).toMatchObject({ strictCompat: true, agentRequestsPerMinute: null });
    expect((await status(emulator, id)).status).toBe(404);
    expect((await ask(emulator, {}, { key })).status).toBe(401);
    expect((await ask(emulator)).data['status']).toBe('pending');
    expect((await asOwner(emulator, 'GET', '/api/v1/audit')).body['meta']).toMatchObject({ total: 1 });
  });

  it('makes everything the same each time with a seed', async () => {
    const story = async (seed: string | undefined) => {
      const emulator = frozen({ seed });
      const { agentOtp } = emulator;
      const { data } = await ask(emulator);
      const { token } = await approved(emulator);
      const { apiKey, ownerId, ownerSecret, webhookSecret } = agentOtp;
      return [
        apiKey,
        ownerId,
        ownerSecret,
        webhookSecret,
        data['id'],
        data['webhookUrl'],
        token,
        agentOtp.addAgent().apiKey,
      ];
    };
    expect(await story('a')).toEqual(await story('a'));
    expect(new Set([...(await story('a')), ...(await story('b')), ...(await story(undefined))]).size).toBe(24);
  });
});

describe('the routes', () => {
  it('set settings, add owners and agents', async () => {
    const emulator = frozen();
    const settings = {
      strictCompat: true,
      trustUserId: false,
      acceptApiKeyHeader: true,
      acceptUnknownKeys: true,
      tokenProblems: 'gone',
      agentRequestsPerMinute: 60,
      clientRequestsPerMinute: 1000,
    };
    expect((await control(emulator, 'PATCH', '/settings', settings)).data).toEqual(settings);
    expect((await control(emulator, 'GET', '/settings')).data).toEqual(settings);
    expect(await control(emulator, 'PATCH', '/settings', { tokenProblems: 1 })).toMatchObject({ status: 400 });
    const owner = await control(emulator, 'POST', '/owners');
    const { ownerId } = owner.data as { ownerId: string };
    expect(owner).toMatchObject({ status: 201, data: { ownerSecret: expect.stringMatching(/^uk_/) } });
    const agent = await control(emulator, 'POST', '/agents', { ownerId, test: true });
    expect(agent).toMatchObject({ status: 201, data: { ownerId, apiKey: expect.stringMatching(/^ak_test_/) } });
    const { data } = await control(emulator, 'GET', '/agents');
    expect(data['agents']).toMatchObject([{ apiKey: emulator.agentOtp.apiKey }, agent.data]);
    expect((await control(emulator, 'POST', '/agents')).status).toBe(201);
  });

  it('list, read, approve, deny and expire permissions', async () => {
    const emulator = frozen();
    const [one, two, three] = [await ask(emulator), await ask(emulator), await ask(emulator)];
    const decided = await control(emulator, 'POST', `/permissions/${one.id}/approve`, {
      scopeModifications: { a: 1 },
      reason: 'r',
    });
    expect(decided.data).toMatchObject({ status: 'approved', grantedScope: { a: 1 }, reason: 'r' });
    expect((await control(emulator, 'POST', `/permissions/${two.id}/deny`)).data).toMatchObject({ status: 'denied' });
    expect((await control(emulator, 'POST', `/permissions/${three.id}/expire`)).data).toMatchObject({
      status: 'expired',
    });
    expect((await control(emulator, 'GET', `/permissions/${one.id}`)).data).toEqual(decided.data);
    const listed = await control(emulator, 'GET', '/permissions');
    expect(listed.data['permissions']).toMatchObject([{ id: one.id }, { id: two.id }, { id: three.id }]);
    expect(await control(emulator, 'POST', `/permissions/${one.id}/deny`)).toMatchObject({
      status: 400,
      error: { code: 'EMULATOR_INVALID_INPUT' },
    });
    for (const [method, path] of [
      ['GET', '/permissions/none'],
      ['POST', '/permissions/none/approve'],
      ['POST', '/permissions/none/expire'],
      ['GET', '/relay-requests/none'],
    ] as const) {
      expect(await control(emulator, method, path)).toMatchObject({
        status: 404,
        error: { code: 'EMULATOR_NOT_FOUND' },
      });
    }
  });

  it('let a code arrive', async () => {
    const emulator = frozen();
    const pair = await crypto.subtle.generateKey(
      { name: 'RSA-OAEP', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
      true,
      ['encrypt', 'decrypt'],
    );
    const publicKey = Buffer.from(await crypto.subtle.exportKey('spki', pair.publicKey)).toString('base64');
    const { data } = await call(emulator, 'POST', '/v1/otp/request', { body: { reason: 'r', publicKey } });
    const path = `/relay-requests/${data['id']}`;
    expect((await control(emulator, 'POST', `${path}/deliver`)).status).toBe(400);
    expect((await control(emulator, 'POST', `${path}/approve`)).data).toMatchObject({ status: 'approved' });
    const delivered = await control(emulator, 'POST', `${path}/deliver`, { code: '123456', sender: 'ACME' });
    expect(delivered.data).toMatchObject({ status: 'otp_received', metadata: { sender: 'ACME', source: 'sms' } });
    expect(JSON.stringify(delivered.data)).not.toContain('ncrypted');
    expect((await control(emulator, 'GET', path)).data).toEqual(delivered.data);
    expect((await control(emulator, 'GET', '/relay-requests')).data['relayRequests']).toEqual([delivered.data]);
  });

  it('list webhooks', async () => {
    expect((await control(frozen(), 'GET', '/webhooks')).data).toEqual({ webhooks: [] });
  });
});

describe('faults', () => {
  it('meet its requests as those of any platform: the answer to a use may be lost when the token is spent', async () => {
    const emulator = frozen();
    const { id, token } = await approved(emulator);
    const path = '/agent-otp/api/v1/permissions/*/use';
    emulator.faults.add({ path, times: 1, respond: { status: 200, body: '<html>' } });
    emulator.faults.add({ path, times: 1, lose: 'after' });
    const use = () =>
      emulator.fetch(`${BASE}/api/v1/permissions/${id}/use`, {
        method: 'POST',
        headers: { Authorization: emulator.agentOtp.apiKey, 'Content-Type': 'application/json' },
        body: JSON.stringify({ token }),
      });
    expect(await (await use()).text()).toBe('<html>');
    expect((await status(emulator, id)).data['status']).toBe('approved');
    await expect(use()).rejects.toThrow(TypeError);
    expect((await status(emulator, id)).data['status']).toBe('used');
    expect(JSON.stringify(emulator.requests)).not.toContain(token);
  });
});

describe('the console', () => {
  it('shows what is pending, escaped', async () => {
    const emulator = frozen();
    const over = await ask(emulator);
    emulator.agentOtp.deny(over.id);
    const { id } = await ask(emulator, { action: '<script>' });
    const page = await (await emulator.fetch('http://emulator.test/')).text();
    expect(page).toContain(`<tr><td>${id}<td>&lt;script&gt;<td>pending`);
    expect(page).not.toContain(`<tr><td>${over.id}`);
  });
});

describe('the page at approvalUrl', () => {
  const open = async (emulator: Emulator, url: unknown) => {
    const response = await emulator.fetch(String(url), { headers: { Origin: 'http://other.test' } });
    const html = await response.text();
    return { response, html, key: /name="key" value="([0-9a-f]{32})"/.exec(html)?.[1] ?? '' };
  };
  const send = (emulator: Emulator, url: unknown, form: Record<string, string>, origin?: string) =>
    emulator.fetch(String(url), {
      method: 'POST',
      headers: origin === undefined ? {} : { Origin: origin },
      body: new URLSearchParams(form),
    });

  it('shows what is asked, escaped, runs nothing, and is not for other origins to read', async () => {
    const emulator = frozen();
    const { data } = await ask(emulator, { action: '<b>', scope: { a: '<i>' }, resource: 'file:/x' });
    const { response, html } = await open(emulator, data['approvalUrl']);
    expect(response.status).toBe(200);
    expect(html).toContain('&lt;b&gt;');
    expect(html).toContain('{&quot;a&quot;:&quot;&lt;i&gt;&quot;}');
    expect(html).not.toMatch(/<script|<b>|<i>/);
    expect(response.headers.get('Content-Security-Policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  it('approves and denies', async () => {
    const emulator = frozen();
    const one = await ask(emulator);
    const { key } = await open(emulator, one.data['approvalUrl']);
    const approve = { key, decision: 'approve', reason: '' };
    const done = await send(emulator, one.data['approvalUrl'], approve, 'http://emulator.test');
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('approved')]);
    expect((await status(emulator, one.id)).data).toMatchObject({ status: 'approved', token: expect.any(String) });
    expect((await send(emulator, one.data['approvalUrl'], approve)).status).toBe(409);
    expect((await open(emulator, one.data['approvalUrl'])).response.status).toBe(410);
    const two = await call(emulator, 'POST', '/v1/otp/request', { body: { reason: 'to log in', publicKey: 'k' } });
    const page = await open(emulator, two.data['approvalUrl']);
    expect(page.html).toContain('to log in');
    await send(emulator, two.data['approvalUrl'], { key: page.key, decision: 'deny', reason: 'no' });
    expect(emulator.agentOtp.listRelayRequests()).toMatchObject([{ status: 'denied', reason: 'no' }]);
  });

  it("asks for the owner's secret where X-User-ID is not trusted", async () => {
    const emulator = frozen({ agentOtp: { trustUserId: false } });
    const { id, data } = await ask(emulator);
    const { html, key } = await open(emulator, data['approvalUrl']);
    expect(html).toContain('type="password" name="secret"');
    expect(html).not.toContain(emulator.agentOtp.ownerSecret);
    for (const secret of ['', emulator.agentOtp.addOwner().ownerSecret]) {
      const refused = await send(emulator, data['approvalUrl'], { key, decision: 'approve', secret });
      expect(refused.status).toBe(403);
    }
    expect((await status(emulator, id)).data['status']).toBe('pending');
    const { ownerSecret: secret } = emulator.agentOtp;
    expect((await send(emulator, data['approvalUrl'], { key, decision: 'approve', secret })).status).toBe(200);
    expect((await status(emulator, id)).data['status']).toBe('approved');
  });

  it('takes a form of its own only', async () => {
    const emulator = frozen();
    const [one, other] = [await ask(emulator), await ask(emulator)];
    const { key } = await open(emulator, one.data['approvalUrl']);
    const { key: otherKey } = await open(emulator, other.data['approvalUrl']);
    for (const [form, origin] of [
      [{ decision: 'approve' }, undefined],
      [{ key: '', decision: 'approve' }, undefined],
      [{ key: otherKey, decision: 'approve' }, undefined],
      [{ key, decision: 'approve' }, 'http://evil.test'],
      [{ key, decision: 'approve' }, 'null'],
    ] as const) {
      expect((await send(emulator, one.data['approvalUrl'], form, origin)).status).toBe(403);
    }
    expect((await status(emulator, one.id)).data['status']).toBe('pending');
    expect((await emulator.fetch(`${BASE}/approve/none`)).status).toBe(404);
    expect((await send(emulator, `${BASE}/approve/none`, {})).status).toBe(404);
    // Neither button: nothing is granted by accident.
    await send(emulator, one.data['approvalUrl'], { key });
    await settled();
    expect((await status(emulator, one.id)).data['status']).toBe('denied');
  });
});
