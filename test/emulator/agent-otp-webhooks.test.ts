import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, asOwner, call, frozen, type Json, START, settled } from './agent-otp-helpers.js';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Json;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that keeps what it is sent, and answers with `statuses`, the last one for good; 0 is no answer at all. */
async function receiver(...statuses: number[]) {
  const received: Received[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request.setEncoding('utf8')) text += part;
    received.push({ headers: request.headers, text, json: JSON.parse(text) });
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    if (status === 302) response.setHeader('Location', '/elsewhere');
    if (status !== 0) response.writeHead(status ?? 204).end();
    for (const wake of waiting.splice(0)) wake();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const until = async (count: number) => {
    while (received.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    return received;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, until };
}

/** Waits for the sender to have noted `count` attempts of its first webhook. */
async function attempts(emulator: ReturnType<typeof frozen>, count: number) {
  while ((emulator.agentOtp.listWebhooks()[0]?.attempts ?? 0) < count) await settled();
  return emulator.agentOtp.listWebhooks()[0];
}

function signature(secret: string, { headers, text }: Received): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

describe('a webhook', () => {
  it('tells of the decision, signed, and without the token', async () => {
    const emulator = frozen();
    const { url, until } = await receiver();
    const { id } = await ask(emulator, { webhookUrl: url });
    expect(emulator.agentOtp.listWebhooks()).toEqual([]);
    emulator.clock.advance(5000);
    const decided = await asOwner(emulator, 'POST', `/v1/permissions/${id}/decide`, { approved: true, reason: 'r' });
    const [hook] = await until(1);
    const fields = { permission_id: id, status: 'approved', reason: 'r' };
    const timestamp = new Date(START + 5000).toISOString();
    expect(hook?.json).toEqual({ type: 'permission.approved', timestamp, ...fields, data: fields });
    expect(hook?.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': expect.stringMatching(/^msg_[0-9a-f]{24}$/),
      'webhook-timestamp': String((START + 5000) / 1000),
    });
    expect(hook?.headers['webhook-signature']).toBe(signature(emulator.agentOtp.webhookSecret, hook!));
    expect(hook?.text).not.toContain('otp_');
    expect(decided.data['token']).toMatch(/^otp_/);
    expect(await attempts(emulator, 1)).toEqual({
      webhookId: hook?.headers['webhook-id'],
      subjectId: id,
      url,
      type: 'permission.approved',
      body: hook?.text,
      status: 'delivered',
      attempts: 1,
      lastStatus: 204,
    });
  });

  it('tells of a denial and of an expiry that nobody read', async () => {
    const emulator = frozen();
    const { url, until } = await receiver();
    const denied = await ask(emulator, { webhook_url: url });
    emulator.agentOtp.deny(denied.id, { reason: 'no' });
    expect((await until(1))[0]?.json).toMatchObject({ permission_id: denied.id, status: 'denied', reason: 'no' });
    const late = await ask(emulator, { webhookUrl: url, ttl: 30 });
    emulator.clock.advance(30_000);
    expect((await until(2))[1]?.json).toMatchObject({ type: 'permission.expired', permission_id: late.id });
  });

  it('is not sent of what was decided at once', async () => {
    const emulator = frozen();
    const { url, until, received } = await receiver();
    const { apiKey: key } = emulator.agentOtp.addAgent({ test: true });
    expect((await ask(emulator, { webhookUrl: url }, { key })).data['status']).toBe('approved');
    await asOwner(emulator, 'POST', '/v1/policies', { name: 'p', conditions: {}, action: 'deny' });
    expect((await ask(emulator, { webhookUrl: url })).data['status']).toBe('denied');
    expect(emulator.agentOtp.listWebhooks()).toEqual([]);
    await until(0);
    expect(received).toEqual([]);
  });

  it('tells how a code stands, but not what the agent does itself, and never the code', async () => {
    const emulator = frozen();
    const { url, until } = await receiver();
    const body = { reason: 'r', publicKey: 'k', webhookUrl: url };
    const { data } = await call(emulator, 'POST', '/v1/otp/request', { body });
    const id = String(data['id']);
    emulator.agentOtp.approve(id);
    await until(1);
    const code = { encryptedPayload: 'SECRET', source: 'sms' };
    await call(emulator, 'POST', `/v1/otp/${id}/receive`, { body: code });
    await until(2);
    await call(emulator, 'POST', `/v1/otp/${id}/consume`);
    const hooks = await until(2);
    expect(hooks.map(({ json }) => [json['type'], json['request_id'], json['status']])).toEqual([
      ['otp_request.approved', id, 'approved'],
      ['otp_request.otp_received', id, 'otp_received'],
    ]);
    expect(emulator.agentOtp.listWebhooks()).toHaveLength(2);
    expect(JSON.stringify(hooks)).not.toContain('SECRET');
  });

  it('is signed with the key of the agent’s owner', async () => {
    const emulator = frozen();
    const { url, until } = await receiver();
    const owner = emulator.agentOtp.addOwner();
    const { apiKey: key } = emulator.agentOtp.addAgent({ ownerId: owner.ownerId });
    const { id } = await ask(emulator, { webhookUrl: url }, { key });
    emulator.agentOtp.approve(id);
    const [hook] = await until(1);
    expect(hook?.headers['webhook-signature']).toBe(signature(owner.webhookSecret, hook!));
    expect(owner.webhookSecret).not.toBe(emulator.agentOtp.webhookSecret);
  });
});

describe('a webhook that fails', () => {
  it('is sent again after 1, 5 and 30 seconds, under the same id, with its own time', async () => {
    const emulator = frozen();
    const { url, until, received } = await receiver(500, 302, 404, 200);
    const { id } = await ask(emulator, { webhookUrl: url });
    emulator.agentOtp.approve(id);
    for (const [count, waitMs] of [1000, 5000, 30_000].entries()) {
      await attempts(emulator, count + 1);
      await settled();
      emulator.clock.advance(waitMs - 1);
      await settled();
      expect(received).toHaveLength(count + 1);
      emulator.clock.advance(1);
      await until(count + 2);
    }
    expect(await attempts(emulator, 4)).toMatchObject({ status: 'delivered', attempts: 4, lastStatus: 200 });
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    const times = received.map(({ headers }) => Number(headers['webhook-timestamp']) - START / 1000);
    expect(times).toEqual([0, 1, 6, 36]);
    for (const hook of received) {
      expect(hook.headers['webhook-signature']).toBe(signature(emulator.agentOtp.webhookSecret, hook));
    }
  });

  it('is given up after the fourth time', async () => {
    const emulator = frozen();
    const { url, received } = await receiver(500);
    const { id } = await ask(emulator, { webhookUrl: url });
    emulator.agentOtp.approve(id);
    for (let count = 1; count <= 3; count++) {
      await attempts(emulator, count);
      await settled();
      emulator.clock.advance(30_000);
    }
    expect(await attempts(emulator, 4)).toMatchObject({ status: 'failed', lastStatus: 500 });
    emulator.clock.advance(3_600_000);
    await settled();
    expect(received).toHaveLength(4);
  });

  it('is one that nobody answers, or that nobody answers in time', async () => {
    const emulator = frozen();
    const silent = await receiver(0);
    const { id } = await ask(emulator, { webhookUrl: silent.url });
    emulator.agentOtp.approve(id);
    await silent.until(1);
    emulator.clock.advance(5000);
    expect(await attempts(emulator, 1)).toMatchObject({ status: 'pending', lastStatus: null });
  });

  it('is given up when the emulator is closed or reset', async () => {
    const emulator = frozen();
    const { url, until, received } = await receiver(500);
    const { id } = await ask(emulator, { webhookUrl: url });
    emulator.agentOtp.approve(id);
    await until(1);
    await attempts(emulator, 1);
    await emulator.close();
    expect(emulator.agentOtp.listWebhooks()).toMatchObject([{ status: 'failed' }]);
    emulator.clock.advance(3_600_000);
    await settled();
    expect(received).toHaveLength(1);
    emulator.reset();
    expect(emulator.agentOtp.listWebhooks()).toEqual([]);
  });
});
