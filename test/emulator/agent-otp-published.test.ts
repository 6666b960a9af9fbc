import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';

// The requests that the published TypeScript SDKs make, and what they read (Agent OTP contract §2, §10): written by itself.

let emulator: StartedEmulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterAll(() => emulator.close());

type Json = Record<string, unknown>;

async function send(method: string, url: string, body?: Json): Promise<{ status: number; body: Json }> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${emulator.agentOtp.apiKey}` };
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

describe('SDK 0.1.1', () => {
  // Its base URL loses one slash at the end, and its paths begin with /api/v1.
  const request = async (method: string, path: string, body?: Json) => {
    const answer = await send(method, `${`${emulator.agentOtp.baseUrl}/`.replace(/\/$/, '')}/api/v1${path}`, body);
    const { success, data, error } = answer.body as { success: boolean; data: Json; error?: Json };
    if (!success || answer.status >= 400)
      throw Object.assign(new Error(String(error?.['message'])), { ...answer, error });
    return data;
  };
  const wish = {
    action: 'email.send',
    resource: 'email:a@b',
    scope: { max_emails: 1 },
    context: { why: 'test' },
    ttl: 60,
  };

  it('is approved at once by a policy, and uses the token twice', async () => {
    const { control } = { control: emulator.emulator.agentOtp };
    const headers = { 'Content-Type': 'application/json', 'X-User-ID': control.ownerId };
    const policy = { name: 'p', conditions: { action: { equals: 'auto' } }, action: 'auto_approve' };
    const made = await fetch(`${emulator.agentOtp.baseUrl}/api/v1/policies`, {
      method: 'POST',
      headers,
      body: JSON.stringify(policy),
    });
    expect(made.status).toBe(201);
    const { id, status, token, scope } = await request('POST', '/permissions/request', { ...wish, action: 'auto' });
    expect([status, scope]).toEqual(['approved', wish.scope]);
    const verified = await request('POST', `/permissions/${id}/verify`, { token });
    expect(verified).toMatchObject({ valid: true, usesRemaining: 1 });
    const use = () => request('POST', `/permissions/${id}/use`, { token, actionDetails: { sent: 1 } });
    expect(await use()).toEqual({ success: true, usesRemaining: 0 });
    expect(await use()).toEqual({ success: false, usesRemaining: 0, reason: 'Token has been fully consumed' });
  });

  it('polls until a human approved, and finds the token', async () => {
    const { id, status, approvalUrl, webhookUrl, expiresAt } = await request('POST', '/permissions/request', wish);
    expect(status).toBe('pending');
    expect(Date.parse(String(expiresAt))).toBeGreaterThan(Date.now());
    expect([approvalUrl, webhookUrl].every((url) => URL.canParse(String(url)))).toBe(true);
    expect((await request('GET', `/permissions/${id}`))['status']).toBe('pending');
    emulator.emulator.agentOtp.approve(String(id));
    const { status: now, token } = await request('GET', `/permissions/${id}`);
    expect([now, token]).toEqual(['approved', expect.any(String)]);
    expect(await request('POST', `/permissions/${id}/use`, { token })).toMatchObject({ success: true });
  });

  it('is denied with a reason', async () => {
    const { id } = await request('POST', '/permissions/request', wish);
    emulator.emulator.agentOtp.deny(String(id), { reason: 'no' });
    expect(await request('GET', `/permissions/${id}`)).toMatchObject({ status: 'denied', reason: 'no' });
  });

  it('reads errors by status and code', async () => {
    await expect(request('GET', '/permissions/none')).rejects.toMatchObject({
      status: 404,
      error: { code: 'NOT_FOUND' },
    });
    await expect(request('POST', '/permissions/request', {})).rejects.toMatchObject({ status: 400 });
  });
});

describe('SDK 0.2.0', () => {
  // Its paths begin with /v1/otp, it sends snake_case, and reads status in camelCase and codes in snake_case.
  const request = (method: string, path: string, body?: Json) =>
    send(method, `${emulator.agentOtp.baseUrl}/v1/otp${path}`, body);

  it('asks for a code, takes it once, and cancels', async () => {
    const algorithm = {
      name: 'RSA-OAEP',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    };
    const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt']);
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', publicKey)).toString('base64');
    const wish = {
      reason: 'sign up',
      expected_sender: 'ACME',
      filter: { sources: ['sms'], sender_pattern: '*ACME*' },
      public_key: spki,
      ttl: 300,
    };
    const asked = await request('POST', '/request', wish);
    expect(asked.status).toBe(202);
    const { id, approvalUrl, webhookUrl, expiresAt } = asked.body;
    expect([approvalUrl, webhookUrl, expiresAt].every((value) => typeof value === 'string')).toBe(true);
    expect((await request('GET', `/${id}`)).body['status']).toBe('pending_approval');
    emulator.emulator.agentOtp.approve(String(id));
    await emulator.emulator.agentOtp.deliverCode(String(id), { code: '123456', sender: 'ACME' });
    const received = await request('GET', `/${id}`);
    expect(received.body).toMatchObject({ status: 'otp_received', metadata: { sender: 'ACME', source: 'sms' } });
    const { body } = await request('POST', `/${id}/consume`);
    const bytes = Buffer.from(String(body['encrypted_payload']), 'base64');
    const code = await crypto.subtle.decrypt({ name: 'RSA-OAEP' }, privateKey, bytes);
    expect(new TextDecoder().decode(code)).toBe('123456');
    const second = await request('POST', `/${id}/consume`);
    expect(second).toMatchObject({
      status: 410,
      body: { code: 'OTP_ALREADY_CONSUMED', consumed_at: expect.any(String) },
    });

    const other = await request('POST', '/request', wish);
    expect((await request('DELETE', `/${other.body['id']}`)).status).toBe(204);
    expect((await request('GET', `/${other.body['id']}`)).body['status']).toBe('cancelled');
    const unknown = await request('GET', '/otp_none');
    expect(unknown).toMatchObject({ status: 404, body: { code: 'OTP_NOT_FOUND', message: expect.any(String) } });
  });
});
