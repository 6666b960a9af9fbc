import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { answerOf, approvePath, EASY, expectRefusal, findNonce, requestsPath } from './helpers.js';

let started: StartedEmulator | undefined;
afterEach(() => started?.close());

async function start(): Promise<StartedEmulator> {
  started = await startEmulator({ lime: { difficulty: EASY } });
  return started;
}

/** What the server says to these bytes, until it ends the connection. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
  return answer;
}

describe('the wire, over real sockets', () => {
  it('a login: create, challenge, approve, status', async () => {
    const { lime, emulator } = await start();
    const site = { 'X-Site-Token': lime.siteToken, 'Content-Type': 'application/json' };
    const created = await answerOf(fetch(lime.apiBase + requestsPath, { method: 'POST', headers: site, body: '{}' }));
    expect(created.status).toBe(201);
    const id = (created.body as { data: { login_request_id: string } }).data.login_request_id;

    const challenge = await answerOf(fetch(`${lime.apiBase}/auth/requests/${id}`));
    const { data } = challenge.body as { data: { pow_challenge: string; pow_difficulty: number } };
    const pow_nonce = findNonce({ challenge: data.pow_challenge, difficulty: data.pow_difficulty });

    const approval = await fetch(lime.apiBase + approvePath(id), {
      method: 'POST',
      headers: { 'X-Agent-Token': lime.agentToken, 'Content-Type': 'application/json' },
      body: JSON.stringify({ pow_nonce }),
    });
    expect((await answerOf(approval)).body).toMatchObject({ ok: true, data: { request_id: id, status: 'APPROVED' } });
    const status = await answerOf(fetch(`${lime.apiBase}${requestsPath}/${id}`, { headers: site }));
    expect(status.body).toMatchObject({ data: { status: 'APPROVED' } });
    expect(emulator.requests).toHaveLength(4);
    expect(JSON.stringify(emulator.requests)).not.toMatch(/[as]t_[0-9a-f]/);
  });

  it('exactly one of 64 simultaneous approvals wins', async () => {
    const { lime, emulator } = await start();
    const request = emulator.lime.createLoginRequest();
    const body = JSON.stringify({ pow_nonce: findNonce(request) });
    const headers = { 'X-Agent-Token': lime.agentToken };
    const statuses = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const answer = await answerOf(
          fetch(lime.apiBase + approvePath(request.requestId), { method: 'POST', headers, body }),
        );
        return answer.status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(63);
  });

  it('bodies: chunked, malformed, not UTF-8, too long', async () => {
    const { lime, emulator } = await start();
    const send = (body: BodyInit) => {
      const headers = { 'X-Agent-Token': lime.agentToken };
      const { requestId } = emulator.lime.createLoginRequest({ difficulty: 0 });
      return fetch(lime.apiBase + approvePath(requestId), {
        method: 'POST',
        headers,
        body,
        duplex: 'half',
      } as RequestInit);
    };
    const chunked = new Blob(['{"pow_nonce"', ':"0"}']).stream();
    expect((await answerOf(send(chunked))).status).toBe(200);
    await expectRefusal(send('{'), 400, 'INVALID_REQUEST');
    await expectRefusal(send(new Uint8Array([0x22, 0xff, 0x22])), 400, 'INVALID_REQUEST');
    await expectRefusal(send('"'.repeat(300_000)), 413, 'PAYLOAD_TOO_LARGE');
    expect((await answerOf(send('{"pow_nonce":"0"}'))).status).toBe(200);
  });

  it('raw paths with dots and escapes reach no other route', async () => {
    const { port, lime, emulator } = await start();
    const { requestId } = emulator.lime.createLoginRequest({ difficulty: 0 });
    const paths = [
      `${requestsPath}/x/../${requestId}/../approve`,
      `${requestsPath}/x%2F..%2F${requestId}/approve`,
      `${requestsPath}/%2e%2e%2f${requestId}/approve`,
      `${requestsPath}/${requestId}%2Fapprove`,
      `${requestsPath}/${requestId}%3F/approve`,
    ];
    const body = '{"pow_nonce":"0"}';
    for (const path of paths) {
      const head = `POST /api/v1${path} HTTP/1.1\r\nHost: localhost\r\nX-Agent-Token: ${lime.agentToken}`;
      const answer = await raw(port, `${head}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      expect(answer).toMatch(/^HTTP\/1\.1 (404|405) [\s\S]*\{"ok":false,/);
    }
    expect(emulator.lime.getLoginRequest(requestId)?.status).toBe('PENDING');
  });

  it('a request that cannot be read is refused in an envelope', async () => {
    const { port } = await start();
    expect(await raw(port, 'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*"INVALID_REQUEST"/,
    );
  });
});

describe('faults, over real sockets', () => {
  it('a lost answer: the socket is cut, the approval holds', async () => {
    const { lime, emulator } = await start();
    const request = emulator.lime.createLoginRequest();
    emulator.faults.add({ path: '*/approve', times: 1, lose: 'after' });
    const approval = () =>
      fetch(lime.apiBase + approvePath(request.requestId), {
        method: 'POST',
        headers: { 'X-Agent-Token': lime.agentToken },
        body: JSON.stringify({ pow_nonce: findNonce(request) }),
      });
    await expect(approval()).rejects.toThrow(TypeError);
    expect(emulator.lime.getLoginRequest(request.requestId)?.status).toBe('APPROVED');
    await expectRefusal(approval(), 409, 'SITE_LOGIN_CONFLICT');
  });

  it('a lost request: not a byte is answered', async () => {
    const { port, emulator } = await start();
    emulator.faults.add({ path: '*', times: 1, lose: 'before' });
    expect(await raw(port, 'GET /api/v1/a HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
  });

  it('a delay ends when the caller goes, and the platform does not act', async () => {
    const { lime, emulator } = await start();
    emulator.faults.add({ path: '*', delayMs: 3_600_000 });
    const controller = new AbortController();
    const answer = fetch(lime.apiBase + requestsPath, {
      method: 'POST',
      headers: { 'X-Site-Token': lime.siteToken },
      signal: controller.signal,
    });
    while (emulator.requests.length === 0) await new Promise(setImmediate);
    controller.abort();
    await expect(answer).rejects.toThrow();
    emulator.faults.clear();
    await fetch(`${lime.apiBase}/x`);
    expect(emulator.lime.listLoginRequests()).toEqual([]);
  });
});
