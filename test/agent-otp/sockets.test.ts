import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { AgentOtpClient, type AgentOtpClientOptions, type WebSocketConstructor } from '../../src/agent-otp/index.js';
import { socketUrl } from '../../src/agent-otp/watch/socket.js';
import { type StartEmulatorOptions, startEmulator } from '../../src/emulator/node/index.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { httpServer, json } from '../http/servers.js';

const ASK = { action: 'file.delete', waitForApproval: true } as const;

async function served(options: AgentOtpClientOptions = {}, emulated: StartEmulatorOptions = {}) {
  const started = await startEmulator(emulated);
  onTestFinished(() => started.close());
  const { emulator, agentOtp } = started;
  const sockets: WebSocket[] = [];
  class Counted extends WebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  const { apiKey, ownerId, baseUrl } = agentOtp;
  const client = new AgentOtpClient({
    apiKey,
    ownerId,
    baseUrl,
    WebSocket: Counted as WebSocketConstructor,
    ...options,
  });
  onTestFinished(() => client.close());
  return {
    emulator,
    client,
    sockets,
    polls: () =>
      emulator.requests.filter(({ method, path }) => method === 'GET' && path.includes('/permissions/')).length,
  };
}

it('a decision arrives over the socket, confirmed by one question', async () => {
  const one = await served();
  const waiting = one.client.requestPermission({
    ...ASK,
    onPendingApproval: ({ permissionId }) =>
      void setTimeout(() => one.emulator.agentOtp.approve(permissionId, { reason: 'ok' }), 300),
  });
  expect(await waiting).toMatchObject({ status: 'approved', reason: 'ok', token: expect.stringMatching(/^otp_/) });
  expect(one.polls()).toBe(1);
  await Promise.all(one.sockets.filter(({ readyState }) => readyState !== 3).map((socket) => once(socket, 'close')));
  expect(one.sockets).toHaveLength(1);
});

it('300 at once: each decision arrives within a second of it', async () => {
  const one = await served();
  const decidedAt = new Map<string, number>();
  const late: number[] = [];
  const asked = await Promise.all(
    Array.from({ length: 300 }, (_, n) => one.client.requestPermission({ action: `a.${n}` })),
  );
  const waits = asked.map(async ({ id }) => {
    const permission = await one.client.waitForDecision(id);
    late.push(performance.now() - decidedAt.get(id)!);
    return permission;
  });
  while (one.sockets.filter(({ readyState }) => readyState === 1).length < 300) await new Promise(setImmediate);
  for (const { id } of asked) {
    decidedAt.set(id, performance.now());
    one.emulator.agentOtp.approve(id);
    await new Promise(setImmediate);
  }
  const permissions = await Promise.all(waits);
  expect(permissions.every(({ token }) => token !== undefined)).toBe(true);
  expect(new Set(permissions.map(({ token }) => token)).size).toBe(300);
  // A machine that is busy with other tests makes the slowest few slower.
  expect(late.sort((a, b) => a - b)[270]).toBeLessThan(1000);
});

describe('a socket that fails', () => {
  it('is polled for', async () => {
    const told: string[] = [];
    const tell = (message: string) => void told.push(message);
    const one = await served({ logger: { debug: tell, info: tell, warn: tell, error: tell } });
    const waiting = one.client.requestPermission(ASK);
    while (one.sockets[0]?.readyState !== 1) await new Promise(setImmediate);
    one.sockets[0].terminate();
    one.emulator.agentOtp.deny(one.emulator.agentOtp.listPermissions()[0]!.id, { reason: 'no' });
    expect(await waiting).toMatchObject({ status: 'denied', reason: 'no' });
    expect(told.join()).toContain('socket failed');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no sockets here');
      },
    ],
  ])('one that %s too', async (_, broken) => {
    const one = await served({
      WebSocket: class {
        constructor() {
          broken();
        }
      } as never,
    });
    const waiting = one.client.requestPermission({
      ...ASK,
      onPendingApproval: ({ permissionId }) => void one.emulator.agentOtp.approve(permissionId),
    });
    expect(await waiting).toMatchObject({ status: 'approved' });
  });
});

it('without sockets it polls, and says so at debug level', async () => {
  const told: unknown[] = [];
  const tell = (level: string) => (message: string) => void told.push([level, message]);
  const logger = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') };
  const one = await served({ WebSocket: false, logger });
  const waiting = one.client.requestPermission({
    ...ASK,
    onPendingApproval: ({ permissionId }) => void one.emulator.agentOtp.approve(permissionId),
  });
  await waiting;
  expect(told).toContainEqual(['debug', expect.stringContaining('no WebSocket')]);
});

it('an abort closes the socket, in whatever state it is', async () => {
  const one = await served();
  for (const delayMs of [0, 200]) {
    const controller = new AbortController();
    const waiting = failure(
      one.client.requestPermission({
        ...ASK,
        signal: controller.signal,
        onPendingApproval: () => setTimeout(() => controller.abort('enough'), delayMs),
      }),
    );
    expect(await waiting).toBe('enough');
  }
  await Promise.all(one.sockets.filter(({ readyState }) => readyState !== 3).map((socket) => once(socket, 'close')));
});

/** A server of permissions that stay as `status` says, and whose sockets say `messages`. */
async function talking(messages: readonly unknown[], status: Record<string, unknown>) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const heard: string[] = [];
  server.on('connection', (socket) => {
    socket.on('message', (data) => heard.push(String(data)));
    for (const message of messages) socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  });
  const { port } = server.address() as AddressInfo;
  const api = await httpServer((request, response) =>
    json(
      200,
      request.method === 'POST'
        ? { id: 'p1', status: 'pending', websocket_url: `wss://127.0.0.1:${port}/` }
        : { id: 'p1', ...status },
    )(request, response),
  );
  const client = new AgentOtpClient({ apiKey: 'ak_1', baseUrl: api.url, WebSocket: WebSocket as WebSocketConstructor });
  onTestFinished(() => client.close());
  return { client, heard, requests: api.requests };
}

it.each([
  ['flat', { type: 'status_change', status: 'approved', token: 'otp_socket' }],
  [
    'with a payload',
    { type: 'status_change', payload: { permissionId: 'p1', status: 'approved', token: 'otp_socket' } },
  ],
])('a token that only the socket tells is taken, %s, once the server confirms the approval', async (_, message) => {
  const { client } = await talking(['no json', '[]', { type: 'ping' }, message], { status: 'approved' });
  expect(await client.requestPermission(ASK)).toMatchObject({ status: 'approved', token: 'otp_socket' });
});

it('what a socket says is not believed without the server', async () => {
  const { client, requests, heard } = await talking(
    [
      { type: 'ping' },
      { type: 'status_change', status: 'approved', token: 'otp_lie' },
      { type: 'status_change', payload: { permissionId: 'p2', status: 'denied' } },
    ],
    { status: 'pending' },
  );
  const error = await failure(client.requestPermission({ ...ASK, timeoutMs: 1500 }));
  expect(error).toMatchObject({ code: 'APPROVAL_TIMEOUT', permission: { status: 'pending' } });
  expect(requests.filter(({ method }) => method === 'GET').length).toBeLessThanOrEqual(3);
  expect(heard).toEqual(['{"type":"pong"}']);
});

it('an error over a socket ends it: from there on polling must do', async () => {
  const { client, requests } = await talking([{ type: 'error', payload: { code: 'X', message: 'x' } }], {
    status: 'pending',
  });
  const error = await failure(client.requestPermission({ ...ASK, timeoutMs: 2500 }));
  expect(error).toMatchObject({ code: 'APPROVAL_TIMEOUT' });
  expect(requests.filter(({ method }) => method === 'GET').length).toBeGreaterThanOrEqual(2);
});

it.each([
  ['wss://h/ws/1', 'http://localhost:1', 'ws://h/ws/1'],
  ['wss://h/ws/1', 'http://127.0.0.1', 'ws://h/ws/1'],
  ['wss://h/ws/1', 'https://h', 'wss://h/ws/1'],
  ['wss://h/ws/1', 'http://example.com', 'wss://h/ws/1'],
  ['https://h/hook', 'https://h', undefined],
  ['nonsense', 'https://h', undefined],
  [undefined, 'https://h', undefined],
])('the socket %s of %s is %s', (offered, base, expected) => {
  expect(socketUrl(offered, base)).toBe(expected);
});

it('what a socket says is asked for again soon when the first question fails', async () => {
  const one = await served();
  const waiting = one.client.requestPermission(ASK);
  while (one.sockets[0]?.readyState !== 1) await new Promise(setImmediate);
  const path = '/agent-otp/api/v1/permissions/*';
  one.emulator.faults.add({ path, respond: { status: 503, body: 'busy' }, times: 1 });
  one.emulator.agentOtp.approve(one.emulator.agentOtp.listPermissions()[0]!.id);
  expect(await waiting).toMatchObject({ status: 'approved', token: expect.any(String) });
  expect(one.polls()).toBe(2);
});

it('300 at once over sockets, with the limits of the real server: minutes later a decision still arrives within a second', async () => {
  const clock = new ManualClock();
  const one = await served({ clock, random: () => 0.5 }, { clock });
  const asked = await Promise.all(
    Array.from({ length: 300 }, (_, n) => one.client.requestPermission({ action: `a.${n}`, ttlSeconds: 3600 })),
  );
  one.emulator.agentOtp.configure({ agentRequestsPerMinute: 60 });
  const arrivedAt: number[] = [];
  const waits = asked.map(({ id }, index) =>
    one.client.waitForDecision(id).then(() => {
      arrivedAt[index] = clock.now();
    }),
  );
  const ended = Promise.allSettled(waits);
  while (one.sockets.filter(({ readyState }) => readyState === 1).length < 300) await new Promise(setImmediate);
  // The sockets are real, and what they say comes in its own time.
  const rest = async () => {
    for (let turns = 0; turns < 6; turns++) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  for (let index = 0; index < 6; index++) {
    for (let seconds = 0; seconds < 47; seconds++) {
      await rest();
      clock.advance(1000);
    }
    await rest();
    const decidedAt = clock.now();
    one.emulator.agentOtp.approve(asked[index]!.id);
    for (let turns = 0; arrivedAt[index] === undefined && turns < 500; turns++) {
      await rest();
      if (arrivedAt[index] === undefined && turns > 50) clock.advance(100);
    }
    expect(arrivedAt[index]! - decidedAt).toBeLessThan(1000);
  }
  await one.client.close();
  await ended;
}, 60_000);
