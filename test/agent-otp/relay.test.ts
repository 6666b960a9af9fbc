import { describe, expect, it } from 'vitest';
import {
  AgentOtpClient,
  DecryptionError,
  decryptOTPPayload,
  encryptWithPublicKey,
  exportPrivateKey,
  exportPublicKey,
  generateKeyPair,
  importPrivateKey,
  importPublicKey,
  OTPAlreadyConsumedError,
  OTPApprovalDeniedError,
  OTPCancelledError,
  OTPNotFoundError,
  ValidationError,
} from '../../src/agent-otp/index.js';
import { failure } from '../http/clients.js';
import { httpServer, json } from '../http/servers.js';
import { DIALECTS, scene } from './helpers.js';

const keys = await generateKeyPair();

describe.each(DIALECTS)('a code, %s', (dialect) => {
  it.each(['A', 'B'] as const)('is asked for, approved, delivered in form %s and consumed once', async (form) => {
    const { client, emulator } = scene({ dialect });
    const asked = await client.requestOTP({
      reason: 'sign in',
      publicKey: keys.publicKey,
      expectedSender: 'Bank',
      filter: { sources: ['sms'], senderPattern: '*bank*' },
    });
    expect(asked).toMatchObject({ status: 'pending_approval', expiresAt: expect.any(Date) });
    expect(await failure(client.consumeOTP(asked.id, keys.privateKey))).toMatchObject({ name: 'ConflictError' });
    await client.approveOTPRequest(asked.id);
    expect(await client.getOTPStatus(asked.id)).toMatchObject({ status: 'approved' });
    await emulator.agentOtp.deliverCode(asked.id, {
      code: '123 456',
      fullMessage: 'Your code: 123 456',
      sender: 'Bank',
      form,
    });
    const consumed = await client.consumeOTP(asked.id, keys.privateKey);
    expect(consumed).toMatchObject({
      code: '123 456',
      fullMessage: 'Your code: 123 456',
      metadata: { sender: 'Bank', source: 'sms' },
    });
    expect(consumed.metadata.receivedAt).toBeInstanceOf(Date);
    expect(await failure(client.consumeOTP(asked.id, keys.privateKey))).toBeInstanceOf(OTPAlreadyConsumedError);
    const { filter } = emulator.agentOtp.getRelayRequest(asked.id)! as unknown as { filter: object };
    expect(JSON.stringify(filter)).toContain('*bank*');
  });

  it('is denied, cancelled, or unknown', async () => {
    const { client } = scene({ dialect });
    const publicKey = await exportPublicKey(keys.publicKey);
    const [denied, cancelled] = await Promise.all([1, 2].map(() => client.requestOTP({ reason: 'x', publicKey })));
    await client.denyOTPRequest(denied!.id);
    expect(await failure(client.consumeOTP(denied!.id, keys.privateKey))).toBeInstanceOf(OTPApprovalDeniedError);
    await client.cancelOTPRequest(cancelled!.id);
    expect(await failure(client.consumeOTP(cancelled!.id, keys.privateKey))).toBeInstanceOf(OTPCancelledError);
    expect(await failure(client.getOTPStatus('otp_nothing'))).toBeInstanceOf(OTPNotFoundError);
  });
});

it('waiting for a code ends when it is there', async () => {
  const one = scene();
  const received: unknown[] = [];
  const waiting = one.client.requestOTP({
    reason: 'x',
    publicKey: keys.publicKey,
    waitForOTP: true,
    async onPendingApproval({ otpRequestId }) {
      one.emulator.agentOtp.approve(otpRequestId);
      await one.emulator.agentOtp.deliverCode(otpRequestId, { code: '1', sender: 'Ada' });
    },
    onOTPReceived: (metadata) => void received.push(metadata),
  });
  expect(await one.until(waiting)).toMatchObject({ status: 'otp_received', metadata: { sender: 'Ada' } });
  expect(received).toHaveLength(1);
});

it('or when it will not come', async () => {
  const one = scene();
  const ask = (more: object) =>
    one.until(
      one.client.requestOTP({ reason: 'x', publicKey: keys.publicKey, waitForOTP: true, ttlSeconds: 60, ...more }),
    );
  const onPendingApproval = ({ otpRequestId }: { otpRequestId: string }) =>
    void one.emulator.agentOtp.deny(otpRequestId);
  expect(await ask({ onPendingApproval })).toMatchObject({ status: 'denied' });
  expect(await failure(ask({ onPendingApproval, throwOnDenied: true }))).toMatchObject({
    name: 'OTPApprovalDeniedError',
  });
  expect(await ask({})).toMatchObject({ status: 'expired' });
  expect(await failure(ask({ throwOnDenied: true }))).toMatchObject({ name: 'OTPExpiredError' });
  expect(await failure(ask({ timeoutMs: 2000 }))).toMatchObject({ code: 'TIMEOUT' });
});

it('a bad private key does not cost the code', async () => {
  const { client, emulator } = scene();
  const { id } = await client.requestOTP({ reason: 'x', publicKey: keys.publicKey });
  emulator.agentOtp.approve(id);
  await emulator.agentOtp.deliverCode(id, { code: '1' });
  expect(await failure(client.consumeOTP(id, 'bm8ga2V5'))).toBeInstanceOf(ValidationError);
  expect(await client.getOTPStatus(id)).toMatchObject({ status: 'otp_received' });
  expect(await failure(client.requestOTP({ reason: '', publicKey: 'x' }))).toMatchObject({
    details: { reason: expect.any(String) },
  });
});

it('a consumption whose answer was lost is told of with the status', async () => {
  const server = await httpServer((request, response) =>
    request.method === 'GET'
      ? json(200, { id: 'x', status: 'consumed' })(request, response)
      : void request.socket.destroy(),
  );
  const client = new AgentOtpClient({ apiKey: 'ak_1', baseUrl: server.url });
  expect(await failure(client.consumeOTP('x', keys.privateKey))).toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    statusAfter: 'consumed',
  });
  await client.close();
});

it('what lies beside the payload is its metadata, where a server puts it there', async () => {
  const encryptedPayload = await encryptWithPublicKey('7', keys.publicKey);
  const server = await httpServer(
    json(200, { id: 'x', encryptedPayload, source: 'sms', sender: 'Ada', consumedAt: '2030-01-01T00:00:00Z' }),
  );
  const client = new AgentOtpClient({ apiKey: 'ak_1', baseUrl: server.url });
  expect(await client.consumeOTP('x', keys.privateKey)).toMatchObject({
    code: '7',
    metadata: { sender: 'Ada', source: 'sms' },
  });
  await client.close();
});

describe('payloads', () => {
  it.each(['bare', 'json'] as const)('%s: what was encrypted is read again', async (form) => {
    for (const text of ['', '123456', 'ключ 🔑', 'x'.repeat(190)]) {
      const payload = await encryptWithPublicKey(text, keys.publicKey, { form });
      expect(await decryptOTPPayload(payload, keys.privateKey)).toBe(text);
    }
  });

  it('190 bytes are the most', async () => {
    expect(await encryptWithPublicKey('x'.repeat(190), keys.publicKey)).toMatch(/^[A-Za-z0-9+/]{342}==$/);
    expect(await failure(encryptWithPublicKey('é'.repeat(96), keys.publicKey))).toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('190 bytes'),
    });
  });

  it('hybrid: no limit, and only where it is asked for', async () => {
    const text = 'long '.repeat(1000);
    const payload = await encryptWithPublicKey(text, keys.publicKey, { form: 'hybrid' });
    expect(await decryptOTPPayload(payload, keys.privateKey, { hybrid: true })).toBe(text);
    expect(await failure(decryptOTPPayload(payload, keys.privateKey))).toBeInstanceOf(DecryptionError);
  });

  it.each([
    [
      'a placeholder',
      JSON.stringify({ version: 1, algorithm: 'RSA-OAEP-SHA256', encrypted: btoa('ENCRYPTED:123456') }),
    ],
    ['a bare placeholder', btoa('ENCRYPTED:123456')],
    ['another version', JSON.stringify({ version: 9, algorithm: 'RSA-OAEP-SHA256', encrypted: 'x' })],
    ['broken JSON', '{'],
    ['no ciphertext in it', '{"version":1}'],
    ['no text', 7],
  ])('%s is refused', async (_, payload) => {
    const error = await failure(decryptOTPPayload(payload as string, keys.privateKey));
    expect(error).toBeInstanceOf(DecryptionError);
    expect(String(error)).not.toContain('123456');
  });

  it('another key cannot read it', async () => {
    const other = await generateKeyPair();
    const payload = await encryptWithPublicKey('1', other.publicKey);
    expect(await failure(decryptOTPPayload(payload, keys.privateKey))).toMatchObject({ code: 'DECRYPTION_ERROR' });
  });
});

describe('keys', () => {
  it('a private key stays in the runtime, unless it is asked for', async () => {
    expect(keys.privateKey.extractable).toBe(false);
    expect(await failure(exportPrivateKey(keys.privateKey))).toBeInstanceOf(ValidationError);
    const pair = await generateKeyPair({ extractable: true });
    const text = await exportPrivateKey(pair.privateKey);
    const payload = await encryptWithPublicKey('1', await exportPublicKey(pair.publicKey));
    expect(await decryptOTPPayload(payload, text)).toBe('1');
    expect((await importPrivateKey(text)).extractable).toBe(false);
    expect((await importPrivateKey(text, { extractable: true })).extractable).toBe(true);
  });

  it('travel as base64 of 392 characters', async () => {
    const text = await exportPublicKey(keys.publicKey);
    expect(text).toHaveLength(392);
    expect(await exportPublicKey(await importPublicKey(text))).toBe(text);
    expect(await failure(importPublicKey('secret!'))).toBeInstanceOf(ValidationError);
  });
});

it.each([
  ['a date of a mail', { metadata: { receivedAt: 'Tue, 01 Jan 2030 00:00:00 +0000', from: 'Ada' } }],
  ['a message that cannot be decrypted', { encryptedContent: 'bm8=', metadata: {} }],
  ['a message that is none', { encryptedContent: {}, metadata: {} }],
])('a code is not lost for %s that comes with it', async (_, others) => {
  const encryptedPayload = await encryptWithPublicKey('42', keys.publicKey);
  const server = await httpServer(json(200, { encryptedPayload, ...others }));
  const client = new AgentOtpClient({ apiKey: 'ak_1', baseUrl: server.url });
  const consumed = await client.consumeOTP('x', keys.privateKey);
  expect(consumed).toEqual({ code: '42', metadata: others.metadata });
  await client.close();
});

it('a denial in the form of a permission is one to who wants the code', async () => {
  const server = await httpServer(json(403, { id: 'x', status: 'denied', reason: 'never' }));
  const client = new AgentOtpClient({ apiKey: 'ak_1', baseUrl: server.url });
  const error = await failure(client.consumeOTP('x', keys.privateKey));
  expect(error).toMatchObject({ name: 'OTPApprovalDeniedError', reason: 'never', requestId: 'x' });
  await client.close();
});

it('to cancel twice, since the first answer was lost, is to cancel once', async () => {
  const { client, emulator, until } = scene();
  const { id } = await client.requestOTP({ reason: 'x', publicKey: keys.publicKey });
  emulator.faults.add({ path: '/agent-otp/api/v1/permissions/*', lose: 'after', times: 1 });
  await until(client.cancelOTPRequest(id));
  expect(await client.getOTPStatus(id)).toMatchObject({ status: 'cancelled' });
});

it.each(DIALECTS)('a code that a companion captured is delivered and consumed, %s', async (dialect) => {
  const { client, another } = scene({ dialect });
  const { id } = await client.requestOTP({ reason: 'x', publicKey: keys.publicKey });
  const delivery = {
    requestId: id,
    encryptedPayload: await encryptWithPublicKey('123456', keys.publicKey, { form: 'json' }),
    source: 'email',
    sender: 'Bank <no-reply@bank.example>',
    receivedAt: new Date(0),
  } as const;
  expect(await failure(client.deliverOTPWebhook(delivery))).toMatchObject({ name: 'ConflictError' });
  await client.approveOTPRequest(id);
  const companion = another({ apiKey: '' });
  expect(await companion.deliverOTPWebhook(delivery)).toMatchObject({ status: 'otp_received' });
  expect(await client.consumeOTP(id, keys.privateKey)).toMatchObject({
    code: '123456',
    metadata: { sender: 'Bank <no-reply@bank.example>', source: 'email', receivedAt: new Date(0) },
  });
  const missing = { ...delivery, encryptedPayload: '' };
  expect(await failure(client.deliverOTPWebhook(missing))).toMatchObject({
    details: { encryptedPayload: expect.any(String) },
  });
});
