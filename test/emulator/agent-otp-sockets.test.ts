import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { EmulatorOptions } from '../../src/emulator/index.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { answerOf, ask as askFrozen, BASE, frozen, type Json, START } from './agent-otp-helpers.js';
import { ManualClock } from './manual-clock.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function start(options: EmulatorOptions = {}): Promise<StartedEmulator> {
  const started = await startEmulator({ clock: new ManualClock(START), ...options });
  closing.push(started.close);
  return started;
}

async function post({ agentOtp }: StartedEmulator, path: string, body: Json): Promise<Json> {
  const headers = { Authorization: `Bearer ${agentOtp.apiKey}`, 'Content-Type': 'application/json' };
  const response = await fetch(agentOtp.baseUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answerOf(response)).data;
}

const ask = (started: StartedEmulator, wish: Json = {}) =>
  post(started, '/api/v1/permissions/request', { action: 'a', ...wish });

/** What a socket is sent, one after the other; `closed` is its code. */
function listen(url: unknown) {
  const socket = new WebSocket(String(url));
  const messages: Json[] = [];
  const waiting: (() => void)[] = [];
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    for (const wake of waiting.splice(0)) wake();
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const failed = new Promise<Error>((resolve) => socket.on('error', resolve));
  const until = async (count: number) => {
    while (messages.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    return messages;
  };
  return { socket, messages, closed, failed, until };
}

describe('a socket', () => {
  it('says where the permission stands, then each change, with the token, until it is used', async () => {
    const started = await start();
    const { agentOtp } = started.emulator;
    const { id, webhookUrl } = await ask(started);
    expect(webhookUrl).toMatch(new RegExp(`^ws://localhost:${started.port}/agent-otp/ws/${id}\\?ticket=`));
    const { until, closed } = listen(webhookUrl);
    const pending = { permissionId: id, status: 'pending' };
    expect(await until(1)).toEqual([{ type: 'status_change', ...pending, payload: pending }]);
    agentOtp.approve(String(id), { reason: 'fine' });
    const token = expect.stringMatching(/^otp_/);
    const approved = { permissionId: id, status: 'approved', token, reason: 'fine' };
    const [, second] = await until(2);
    expect(second).toEqual({ type: 'status_change', ...approved, payload: approved });
    await post(started, `/v1/permissions/${id}/use`, { token: second?.['token'] });
    expect((await until(3))[2]).toMatchObject({ status: 'used' });
    expect((await until(3))[2]).not.toHaveProperty('token');
    expect(await closed).toBe(1005);
  });

  it('says what is over already, and closes', async () => {
    const started = await start();
    const { id, webhookUrl } = await ask(started);
    started.emulator.agentOtp.deny(String(id), { reason: 'no' });
    const { messages, closed } = listen(webhookUrl);
    await closed;
    expect(messages).toMatchObject([{ status: 'denied', reason: 'no', payload: { status: 'denied', reason: 'no' } }]);
  });

  it('tells of the expiry by itself, when the clock says so', async () => {
    const started = await start();
    const { webhookUrl } = await ask(started, { ttl: 30 });
    const { until, messages, closed } = listen(webhookUrl);
    await until(1);
    started.emulator.clock.advance(29_999);
    started.emulator.clock.advance(1);
    await closed;
    expect(messages.slice(1)).toMatchObject([{ type: 'status_change', status: 'expired' }, { type: 'expired' }]);
  });

  it('closes when an approval that nobody used is over', async () => {
    const started = await start();
    const { id, webhookUrl } = await ask(started, { ttl: 60 });
    const { until, messages, closed } = listen(webhookUrl);
    await until(1);
    started.emulator.agentOtp.approve(String(id));
    await until(2);
    started.emulator.clock.advance(60_000);
    await closed;
    expect(messages).toHaveLength(2);
  });

  it('follows a code, and never has it', async () => {
    const started = await start();
    const { id, webhookUrl } = await post(started, '/v1/otp/request', { reason: 'r', publicKey: 'k' });
    const { until, messages, closed } = listen(webhookUrl);
    await until(2);
    started.emulator.agentOtp.approve(String(id));
    await until(4);
    const code = { encryptedPayload: 'SECRET', source: 'sms', metadata: { sender: 'ACME' } };
    await post(started, `/v1/otp/${id}/receive`, code);
    await until(7);
    await post(started, `/v1/otp/${id}/consume`, {});
    await closed;
    expect(messages.map(({ type, status }) => [type, status])).toEqual([
      ['status_change', 'pending_approval'],
      ['otp_status_change', 'pending_approval'],
      ['status_change', 'approved'],
      ['otp_status_change', 'approved'],
      ['status_change', 'otp_received'],
      ['otp_status_change', 'otp_received'],
      ['otp_received', undefined],
      ['status_change', 'consumed'],
      ['otp_status_change', 'consumed'],
    ]);
    expect(messages[6]).toMatchObject({ payload: { otpRequestId: id, metadata: { sender: 'ACME', source: 'sms' } } });
    expect(JSON.stringify(messages)).not.toContain('SECRET');
  });

  it('answers a ping, and passes over whatever else it is told', async () => {
    const started = await start();
    const { webhookUrl } = await ask(started);
    const { socket, until } = listen(webhookUrl);
    await until(1);
    for (const text of ['{', 'null', '{"type":"approve"}', '{"type":"ping"}']) socket.send(text);
    expect((await until(2))[1]).toEqual({ type: 'pong' });
  });

  it('is refused without the ticket of this permission', async () => {
    const started = await start();
    const [one, other] = [await ask(started), await ask(started)];
    const url = String(one['webhookUrl']);
    const ticket = new URL(String(other['webhookUrl'])).search;
    for (const wrong of [
      url.replace(/\?.*/, ''),
      `${url}0`,
      url.replace(/\?.*/, ticket),
      url.replace(String(one['id']), 'x'),
    ]) {
      expect((await listen(wrong).failed).message).toMatch(/404/);
    }
    expect((await listen(url.replace('/agent-otp/ws/', '/other/')).failed).message).toMatch(/404/);
  });

  it('is not served with strictCompat, as the real server serves none', async () => {
    const started = await start({ agentOtp: { strictCompat: true } });
    const { webhookUrl } = await ask(started);
    expect((await listen(webhookUrl).failed).message).toMatch(/404/);
  });

  it('meets faults, and is seen in the log', async () => {
    const started = await start();
    const { emulator } = started;
    const { id, webhookUrl } = await ask(started);
    const path = '/agent-otp/ws/*';
    emulator.faults.add({ path, times: 1, respond: { status: 503 } });
    expect((await listen(webhookUrl).failed).message).toMatch(/503/);
    emulator.faults.add({ path, times: 1, lose: 'before' });
    expect((await listen(webhookUrl).failed).message).toMatch(/hang up/);
    emulator.faults.add({ path, times: 1, lose: 'midway' });
    const cut = listen(webhookUrl);
    expect(await cut.closed).toBe(1006);
    emulator.faults.add({ path, delayMs: 1000, times: 1 });
    const late = listen(webhookUrl);
    while (emulator.requests.at(-1)?.status !== undefined) await new Promise(setImmediate);
    expect(late.messages).toEqual([]);
    emulator.clock.advance(1000);
    expect(await late.until(1)).toHaveLength(1);
    expect(emulator.requests.at(-1)).toMatchObject({ path: `/agent-otp/ws/${id}`, status: 426 });
    expect(JSON.stringify(emulator.requests)).not.toContain('ticket');
  });

  it('closes with the emulator, even one that is not open yet, and with a reset', async () => {
    const started = await start();
    const { webhookUrl } = await ask(started);
    const first = listen(webhookUrl);
    await first.until(1);
    started.emulator.reset();
    await first.closed;
    const second = listen((await ask(started))['webhookUrl']);
    await second.until(1);
    started.emulator.faults.add({ path: '/agent-otp/ws/*', delayMs: 3_600_000 });
    const third = listen((await ask(started))['webhookUrl']);
    while (!started.emulator.requests.some(({ path, status }) => path.includes('/ws/') && status === undefined)) {
      await new Promise(setImmediate);
    }
    await started.close();
    await Promise.all([second.closed, third.closed]);
  });

  it('leaves nothing behind when it is closed by the client', async () => {
    const started = await start();
    const { id, webhookUrl } = await ask(started);
    const { socket, until, closed, messages } = listen(webhookUrl);
    await until(1);
    socket.close();
    await closed;
    started.emulator.agentOtp.approve(String(id));
    expect(messages).toHaveLength(1);
  });
});

describe('a request that offers another protocol', () => {
  it('is answered as if it did not', async () => {
    const { port, agentOtp } = await start();
    const socket = connect(port, '127.0.0.1');
    const body = '{"action":"a"}';
    socket.write(
      `POST /agent-otp/api/v1/permissions/request HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n` +
        `Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nAuthorization: Bearer ${agentOtp.apiKey}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 4)}`,
    );
    await new Promise(setImmediate);
    socket.write(body.slice(4));
    let text = '';
    socket.setEncoding('utf8');
    while (!text.includes('}}')) text += (await once(socket, 'data'))[0];
    expect(text).toMatch(/^HTTP\/1\.1 202 /);
    socket.destroy();
  });

  it('is refused when its head cannot be read', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    socket.write('GET //[ HTTP/1.1\r\nHost: [\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const [data] = await once(socket, 'data');
    expect(String(data)).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });
});

describe('without a listener', () => {
  it('there are no sockets: 426', async () => {
    const emulator = frozen();
    const { data } = await askFrozen(emulator);
    const url = String(data['webhookUrl']).replace(/^ws/, 'http');
    const response = await emulator.fetch(url);
    expect(response.status).toBe(426);
    expect(response.headers.get('Upgrade')).toBe('websocket');
    expect(await response.json()).toMatchObject({ success: false, code: 'UPGRADE_REQUIRED' });
    expect((await emulator.fetch(`${BASE}/ws/x`)).status).toBe(404);
  });

  it('links are wss where the emulator is reached by https', async () => {
    const emulator = frozen();
    const response = await emulator.fetch('https://emulator.test/agent-otp/v1/permissions/request', {
      method: 'POST',
      headers: { Authorization: emulator.agentOtp.apiKey, 'Content-Type': 'application/json' },
      body: '{"action":"a"}',
    });
    expect(await response.json()).toMatchObject({
      webhookUrl: expect.stringMatching(/^wss:\/\/emulator\.test\//),
      approvalUrl: expect.stringMatching(/^https:\/\/emulator\.test\//),
    });
  });
});
