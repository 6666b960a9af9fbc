import { describe, expect, it } from 'vitest';
import { EmulatorInputError } from '../../src/emulator/index.js';
import { asOwner, BASE, call, DIALECTS, frozen, type Json, type Prefix, START } from './agent-otp-helpers.js';

type Emulator = ReturnType<typeof frozen>;

const at = (ms: number) => new Date(START + ms).toISOString();

async function keyPair() {
  const algorithm = {
    name: 'RSA-OAEP',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', pair.publicKey)).toString('base64');
  const decrypt = async (base64: string) => {
    const bytes = await crypto.subtle.decrypt({ name: 'RSA-OAEP' }, pair.privateKey, Buffer.from(base64, 'base64'));
    return new TextDecoder().decode(bytes);
  };
  return { publicKey: spki, decrypt };
}

async function want(emulator: Emulator, wish: Json = {}, prefix: Prefix = '/v1') {
  const answer = await call(emulator, 'POST', `${prefix}/otp/request`, {
    body: { reason: 'login', publicKey: 'k', ...wish },
  });
  return { ...answer, id: String(answer.data['id']) };
}

const read = (emulator: Emulator, id: string, prefix: Prefix = '/v1') => call(emulator, 'GET', `${prefix}/otp/${id}`);
const take = (emulator: Emulator, id: string, prefix: Prefix = '/v1') =>
  call(emulator, 'POST', `${prefix}/otp/${id}/consume`);
const drop = (emulator: Emulator, id: string) => call(emulator, 'DELETE', `/v1/otp/${id}`);
const receive = (emulator: Emulator, id: string, body: Json = {}) =>
  call(emulator, 'POST', `/v1/otp/${id}/receive`, { body: { encryptedPayload: 'cipher', source: 'sms', ...body } });

describe('asking for a code', () => {
  it('waits for the owner', async () => {
    const emulator = frozen();
    const { status, body, id } = await want(emulator, { ttl: 60 });
    expect(status).toBe(202);
    expect(id).toMatch(/^otp_[\w-]{16}$/);
    expect(body).toMatchObject({
      id,
      status: 'pending_approval',
      approvalUrl: `${BASE}/approve/${id}`,
      expires_at: at(60_000),
    });
  });

  it('is told from asking for permission by the body', async () => {
    const emulator = frozen();
    for (const prefix of DIALECTS) {
      for (const key of ['publicKey', 'public_key']) {
        const body = { reason: 'r', [key]: 'k' };
        const answer = await call(emulator, 'POST', `${prefix}/permissions/request`, { body });
        expect(answer).toMatchObject({ status: 202, data: { status: 'pending_approval' } });
        const path = `${prefix}/permissions/${answer.data['id']}`;
        expect((await call(emulator, 'GET', path)).data['status']).toBe('pending_approval');
        expect((await call(emulator, 'DELETE', path)).status).toBe(204);
      }
    }
  });

  const wrong: [Json, string][] = [
    [{ reason: '' }, 'reason'],
    [{ reason: 'x'.repeat(501) }, 'reason'],
    [{ publicKey: '' }, 'publicKey'],
    [{ publicKey: undefined }, 'publicKey'],
    [{ ttl: 59 }, 'ttl'],
    [{ ttl: 601 }, 'ttl'],
    [{ expectedSender: 'x'.repeat(256) }, 'expectedSender'],
    [{ filter: { sources: ['fax'] } }, 'filter.sources.0'],
    [{ filter: { sender_pattern: 'x'.repeat(256) } }, 'filter.senderPattern'],
    [{ filter: { receivedAfter: 'yesterday' } }, 'filter.receivedAfter'],
    [{ filter: 1 }, 'filter'],
  ];
  it.each(wrong)('%j is refused', async (wish, field) => {
    expect((await want(frozen(), wish)).body).toMatchObject({
      code: 'VALIDATION_ERROR',
      details: { [field]: expect.any(String) },
    });
    const zod = await want(frozen(), wish, '/api/v1');
    expect(zod.body).toMatchObject({ error: { name: 'ZodError', issues: [{ path: expect.any(Array) }] } });
  });
});

describe('a code', () => {
  it.each(DIALECTS)('is asked for, approved, received and taken once under %s', async (prefix) => {
    const emulator = frozen();
    const { publicKey, decrypt } = await keyPair();
    const { id } = await want(emulator, { public_key: publicKey, publicKey }, prefix);
    expect((await take(emulator, id, prefix)).status).toBe(409);
    expect((await receive(emulator, id)).status).toBe(409);
    const approved = await asOwner(emulator, 'POST', `${prefix}/otp/${id}/approve`, {});
    expect(approved.data).toMatchObject({
      success: true,
      requestId: id,
      status: 'approved',
      message: expect.any(String),
    });
    expect((await read(emulator, id, prefix)).data['status']).toBe('approved');
    await emulator.agentOtp.deliverCode(id, {
      code: '123456',
      fullMessage: 'It is 123456',
      sender: 'ACME',
      source: 'email',
    });
    const metadata = { sender: 'ACME', source: 'email', receivedAt: at(0) };
    const received = await read(emulator, id, prefix);
    expect(received.data).toMatchObject({
      status: 'otp_received',
      metadata,
      source: 'email',
      sender: 'ACME',
      receivedAt: at(0),
    });
    expect(JSON.stringify(received.body)).not.toContain('ncrypted');
    const taken = await take(emulator, id, prefix);
    expect(taken.data).toMatchObject({ id, metadata, consumedAt: at(0) });
    expect(await decrypt(String(taken.data['encryptedPayload']))).toBe('123456');
    expect(await decrypt(String(taken.data['encryptedContent']))).toBe('It is 123456');
    expect(await take(emulator, id, prefix)).toMatchObject({
      status: 410,
      body: { code: 'OTP_ALREADY_CONSUMED', consumed_at: at(0), error: { code: 'OTP_ALREADY_CONSUMED' } },
    });
    expect((await read(emulator, id, prefix)).data).toMatchObject({ status: 'consumed', consumedAt: at(0) });
    expect((await drop(emulator, id)).status).toBe(410);
  });

  it('is given to one of many that take it at once', async () => {
    const emulator = frozen();
    const { id } = await want(emulator);
    emulator.agentOtp.approve(id);
    await receive(emulator, id);
    const taken = await Promise.all(Array.from({ length: 64 }, () => take(emulator, id)));
    expect(taken.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(taken.filter(({ status }) => status === 410)).toHaveLength(63);
  });

  it('comes in JSON too', async () => {
    const emulator = frozen();
    const { publicKey, decrypt } = await keyPair();
    const { id } = await want(emulator, { publicKey });
    emulator.agentOtp.approve(id);
    await emulator.agentOtp.deliverCode(id, { code: '1', form: 'B' });
    const { data } = await take(emulator, id);
    const form = JSON.parse(String(data['encryptedPayload']));
    expect(form).toEqual({ version: 1, algorithm: 'RSA-OAEP-SHA256', encrypted: expect.any(String), timestamp: START });
    expect(await decrypt(form.encrypted)).toBe('1');
    expect(data).not.toHaveProperty('encryptedContent');
  });

  it('cannot be delivered that is too long, for a key that is none, or unapproved', async () => {
    const emulator = frozen();
    const { publicKey } = await keyPair();
    const good = await want(emulator, { publicKey });
    await expect(emulator.agentOtp.deliverCode(good.id, { code: '1' })).rejects.toThrow(
      /pending_approval, not approved/,
    );
    emulator.agentOtp.approve(good.id);
    await expect(emulator.agentOtp.deliverCode(good.id, { code: 'é'.repeat(96) })).rejects.toThrow(/190 bytes/);
    await expect(emulator.agentOtp.deliverCode(good.id, { code: 'é'.repeat(95) })).resolves.toMatchObject({
      status: 'otp_received',
    });
    const bad = await want(emulator);
    emulator.agentOtp.approve(bad.id);
    await expect(emulator.agentOtp.deliverCode(bad.id, { code: '1' })).rejects.toThrow(EmulatorInputError);
    await expect(emulator.agentOtp.deliverCode('none', { code: '1' })).rejects.toThrow(/has this id/);
    await expect(emulator.agentOtp.deliverCode(bad.id, {} as { code: string })).rejects.toThrow(/^code\.code: /);
  });

  it('is brought by companion apps, whose metadata have the names of the wire', async () => {
    const emulator = frozen();
    const { id } = await want(emulator);
    const mail = { source: 'email', metadata: { emailId: 'e', from: 'a@b', subject: 's', confidence: 1 } };
    emulator.agentOtp.approve(id);
    expect((await receive(emulator, id, { source: 'fax' })).status).toBe(400);
    expect((await receive(emulator, id, mail)).body).toMatchObject({ success: true });
    expect((await receive(emulator, id, mail)).status).toBe(409);
    const { body } = await take(emulator, id);
    expect(body).toMatchObject({
      encrypted_payload: 'cipher',
      metadata: { sender: 'a@b', source: 'email', subject: 's', received_at: at(0) },
    });

    const other = await want(emulator);
    emulator.agentOtp.approve(other.id);
    const hook = { requestId: other.id, encryptedPayload: 'c2', source: 'sms', sender: 'ACME', receivedAt: at(5) };
    const hooked = await call(emulator, 'POST', '/api/v1/webhooks/otp', { body: hook });
    expect(hooked.data).toEqual({ status: 'otp_received', message: expect.any(String) });
    expect((await take(emulator, other.id)).data).toMatchObject({
      encryptedPayload: 'c2',
      sender: 'ACME',
      metadata: { receivedAt: at(5) },
    });
  });

  it('is gone a minute after it came', async () => {
    const emulator = frozen();
    const { id } = await want(emulator);
    emulator.agentOtp.approve(id);
    emulator.clock.advance(10_000);
    await receive(emulator, id);
    emulator.clock.advance(59_999);
    expect((await read(emulator, id)).data['status']).toBe('otp_received');
    emulator.clock.advance(1);
    expect(await take(emulator, id)).toMatchObject({
      status: 410,
      body: { code: 'OTP_EXPIRED', expired_at: at(70_000) },
    });
  });
});

describe('the states', () => {
  const reach: Record<string, (emulator: Emulator, id: string) => unknown> = {
    pending_approval: () => undefined,
    approved: (emulator, id) => emulator.agentOtp.approve(id),
    otp_received: async (emulator, id) => {
      emulator.agentOtp.approve(id);
      await receive(emulator, id);
    },
    consumed: async (emulator, id) => {
      emulator.agentOtp.approve(id);
      await receive(emulator, id);
      await take(emulator, id);
    },
    denied: (emulator, id) => emulator.agentOtp.deny(id, { reason: 'no' }),
    expired: (emulator) => emulator.clock.advance(300_000),
    cancelled: (emulator, id) => drop(emulator, id),
  };
  // What approve, deny, receive, consume and cancel are answered, in each.
  const table: [string, number[], string?][] = [
    ['pending_approval', [200, 200, 409, 409, 204]],
    ['approved', [409, 409, 200, 409, 204]],
    ['otp_received', [409, 409, 409, 200, 204]],
    ['consumed', [409, 409, 410, 410, 410], 'OTP_ALREADY_CONSUMED'],
    ['denied', [409, 409, 403, 403, 403], 'OTP_APPROVAL_DENIED'],
    ['expired', [409, 409, 410, 410, 410], 'OTP_EXPIRED'],
    ['cancelled', [409, 409, 410, 410, 204], 'OTP_CANCELLED'],
  ];
  it.each(table)('in %s: %j', async (state, expected, code) => {
    const acts = [
      (emulator: Emulator, id: string) => asOwner(emulator, 'POST', `/v1/otp/${id}/approve`, {}),
      (emulator: Emulator, id: string) => asOwner(emulator, 'POST', `/api/v1/permissions/${id}/deny`, { reason: 'r' }),
      (emulator: Emulator, id: string) => receive(emulator, id),
      (emulator: Emulator, id: string) => take(emulator, id),
      (emulator: Emulator, id: string) => drop(emulator, id),
    ];
    const answers = [];
    for (const act of acts) {
      const emulator = frozen();
      const { id } = await want(emulator);
      await reach[state]?.(emulator, id);
      expect((await read(emulator, id)).data['status']).toBe(state);
      answers.push(await act(emulator, id));
    }
    expect(answers.map(({ status }) => status)).toEqual(expected);
    if (code !== undefined) expect(answers[3]?.body['code']).toBe(code);
    if (state === 'denied') expect(answers[3]?.body['reason']).toBe('no');
  });

  it('of what is not there is 404 OTP_NOT_FOUND', async () => {
    const emulator = frozen();
    for (const answer of [await read(emulator, 'x'), await take(emulator, 'x'), await drop(emulator, 'x')]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'OTP_NOT_FOUND', error: { code: 'OTP_NOT_FOUND' } } });
    }
  });

  it('are decided by the owner alone, but with strictCompat', async () => {
    const emulator = frozen();
    const { id } = await want(emulator);
    for (const verb of ['approve', 'deny']) {
      expect((await call(emulator, 'POST', `/v1/otp/${id}/${verb}`)).status).toBe(403);
      expect((await call(emulator, 'POST', `/v1/otp/${id}/${verb}`, { key: null })).status).toBe(401);
    }
    emulator.agentOtp.strictCompat = true;
    expect((await call(emulator, 'POST', `/v1/otp/${id}/approve`)).status).toBe(200);
  });
});

it('tells companion apps what to look for, and the key', async () => {
  const emulator = frozen();
  const filter = { sources: ['email'], sender_pattern: '*@acme.com' };
  const mail = await want(emulator, { filter, expected_sender: 'ACME' });
  const any = await want(emulator, { publicKey: 'k2' });
  const over = await want(emulator);
  emulator.agentOtp.deny(over.id);
  const pending = async (query: string) => {
    const { body } = await call(emulator, 'GET', `/v1/otp/pending${query}`);
    return body['requests'] as Json[];
  };
  expect((await pending('')).map(({ id }) => id)).toEqual([mail.id, any.id]);
  expect((await pending('?source=sms')).map(({ id }) => id)).toEqual([any.id]);
  const [first] = await pending('?source=email');
  expect(first).toMatchObject({
    requestId: mail.id,
    public_key: 'k',
    expectedSender: 'ACME',
    senderPattern: '*@acme.com',
    sources: ['email'],
    status: 'pending_approval',
    expires_at: at(300_000),
  });
  expect((await call(emulator, 'GET', `/v1/otp/${any.id}/public-key`)).body).toMatchObject({ publicKey: 'k2' });
});

it('notes what happened', async () => {
  const emulator = frozen();
  const { id } = await want(emulator);
  emulator.agentOtp.approve(id);
  await receive(emulator, id);
  await take(emulator, id);
  const { data } = await asOwner(emulator, 'GET', `/api/v1/audit/permissions/${id}`);
  expect((data as unknown as Json[]).map(({ eventType }) => eventType)).toEqual([
    'otp_request',
    'otp_approve',
    'otp_receive',
    'otp_consume',
  ]);
});
