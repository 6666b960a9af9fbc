import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createEmulator,
  EmulatorInputError,
  EmulatorNotFoundError,
  type EventStreamOptions,
} from '../../src/emulator/index.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { EventClient, until } from './event-client.js';
import { answerOf } from './helpers.js';

let started: StartedEmulator;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());
afterEach(() => started.emulator.reset());

const listen = () => EventClient.open(started.lime.apiBase, started.lime.siteToken);
const approved = () => {
  const { lime } = started.emulator;
  const { requestId } = lime.createLoginRequest();
  lime.approveLoginRequest(requestId);
  return requestId;
};

/** A stream under these settings that tells of one expiry and one approval. */
async function told(settings: EventStreamOptions) {
  const { lime } = started.emulator;
  lime.events.configure(settings);
  const site = await listen();
  const expired = lime.createLoginRequest({ expiresInMs: 0 }).requestId;
  return { site, ids: [expired, approved()] };
}

describe('legal ways to write the same events', () => {
  const legal: [string, EventStreamOptions, RegExp][] = [
    ['LF', {}, /^(data: \{[^\r\n]*\}\n\n)+$/],
    ['CRLF', { lineEnd: 'crlf' }, /^(data: \{[^\r\n]*\}\r\n\r\n)+$/],
    ['CR', { lineEnd: 'cr' }, /^(data: \{[^\r\n]*\}\r\r)+$/],
    ['several data lines', { multiLine: true }, /^(data: \{\n(data: {2}"\w+": [^\n]*\n)+data: \}\n\n)+$/],
    ['a byte-order mark', { byteOrderMark: true }, /^\uFEFF(data: \{[^\r\n]*\}\n\n)+$/],
    ['comments', { comments: true }, /^(: [^\n]*\ndata: [^\n]*\n\n)+$/],
    ['a retry field', { retryMs: 250 }, /^retry: 250\n\n(data: [^\n]*\n\n)+$/],
    ['ids', { ids: true }, /^id: 1\ndata: [^\n]*\n\nid: 2\ndata: [^\n]*\n\nid: 3\ndata: [^\n]*\n\n$/],
    ['event names', { eventNames: true }, /^(event: (keepalive|approved|expired)\ndata: [^\n]*\n\n)+$/],
    ['single bytes', { pieceBytes: 1 }, /^(data: [^\n]*\n\n)+$/],
    [
      'all at once',
      { lineEnd: 'crlf', multiLine: true, byteOrderMark: true, comments: true, retryMs: 1, ids: true, pieceBytes: 3 },
      /^\uFEFFretry: 1\r\n\r\n(: [^\r\n]*\r\n(id|data): [^\r\n]*\r\n|\r\n)+$/,
    ],
  ];
  it.each(legal)('%s', async (_name, settings, text) => {
    const { site, ids } = await told(settings);
    expect(await site.hears(2)).toMatchObject([
      { type: 'expired', login_request_id: ids[0] },
      { type: 'approved', login_request_id: ids[1], agent_passport_jwt: expect.stringMatching(/^e/) },
    ]);
    expect(site.text).toMatch(text);
    expect(site.messages[0]).toMatchObject({ data: expect.stringMatching(/keepalive/) });
  });

  it('ids count over all streams', async () => {
    started.emulator.lime.events.ids = true;
    const first = await listen();
    await until(() => first.messages.length === 1);
    const second = await listen();
    await until(() => second.messages.length === 1);
    approved();
    await Promise.all([first.hears(1), second.hears(1)]);
    const ids = [first, second].flatMap(({ messages }) => messages.map(({ id }) => Number(id)));
    expect(ids.sort()).toEqual([1, 2, 3, 4]);
  });
});

it('splits frames at any byte', async () => {
  const { lime } = started.emulator;
  for (const pieceBytes of [1, 2, 5, 17]) {
    lime.events.configure({ pieceBytes, pieceDelayMs: 1 });
    const site = await listen();
    await until(() => site.text.endsWith('\n\n'));
    expect(site.lines).toEqual([{ type: 'keepalive' }]);
    expect(site.pieces.length).toBeGreaterThan(1);
    await site.close();
  }
});

it('is slow by the clock, and an event is delivered with its last piece', async () => {
  const { lime, clock } = started.emulator;
  const site = await listen();
  await until(() => site.messages.length === 1);
  lime.events.configure({ pieceDelayMs: 3_600_000, pieceBytes: 200 });
  const requestId = approved();
  await sleep(20);
  expect(site.events).toEqual([]);
  clock.advance(299_000);
  expect(lime.getLoginRequest(requestId)?.status).toBe('APPROVED');
  const before = site.bytes.length;
  clock.advance(3_600_000 - 299_000);
  await until(() => site.bytes.length === before + 200);
  expect(lime.getLoginRequest(requestId)?.status).toBe('APPROVED');
  while (lime.getLoginRequest(requestId)?.status !== 'DELIVERED') {
    clock.advance(3_600_000);
    await sleep(2);
  }
  await site.hears(1);
  expect(site.ids('approved')).toEqual([requestId]);
});

it('writes duplicates', async () => {
  const { lime } = started.emulator;
  lime.events.copies = 3;
  const site = await listen();
  const requestId = approved();
  const events = await site.hears(3);
  expect(events).toEqual([events[0], events[0], events[0]]);
  expect(site.ids('approved')).toEqual([requestId, requestId, requestId]);
  expect(lime.events.stats.delivered).toHaveLength(1);
});

it('tells of a login once more, as if it had been lost', async () => {
  const { events } = started.emulator.lime;
  const site = await listen();
  const requestId = approved();
  await site.hears(1);
  events.redeliver(requestId);
  await site.hears(2);
  await site.close();
  await until(() => events.stats.openStreams.length === 0);
  events.redeliver(requestId);
  expect(events.stats.undelivered).toEqual([requestId]);
  const next = await listen();
  await next.hears(1);
  expect([...site.ids('approved'), ...next.ids('approved')]).toEqual([requestId, requestId, requestId]);
  expect(events.stats.delivered.map(({ stream }) => stream)).toEqual([1, 1, 2]);
  expect(() => events.redeliver('unknown')).toThrow(EmulatorNotFoundError);
});

it('stalls: no keepalive, no event, until it goes on', async () => {
  const { lime, clock } = started.emulator;
  const site = await listen();
  await until(() => site.messages.length === 1);
  lime.events.stalled = true;
  const requestId = approved();
  clock.advance(120_000);
  await sleep(30);
  expect(site.messages).toHaveLength(1);
  expect(lime.getLoginRequest(requestId)?.status).toBe('APPROVED');
  lime.events.stalled = false;
  await site.hears(1);
  expect(site.ids('approved')).toEqual([requestId]);
});

it('keeps alive as often as it is told, or not', async () => {
  const { lime, clock } = started.emulator;
  lime.events.keepaliveMs = 1000;
  const site = await listen();
  await until(() => site.messages.length === 1);
  clock.advance(1000);
  await until(() => site.messages.length === 2);
  lime.events.keepaliveMs = null;
  clock.advance(3_600_000);
  await sleep(20);
  expect(site.messages).toHaveLength(2);
  // The hour that has passed is made up for with one.
  lime.events.keepaliveMs = 1000;
  await until(() => site.messages.length === 3);
});

it('closes at once, but with its head', async () => {
  const { lime } = started.emulator;
  lime.events.closeAtOnce = true;
  const requestId = approved();
  const site = await listen();
  expect([site.response.status, await site.isOver(), site.text]).toEqual([200, 'end', '']);
  await until(() => lime.events.stats.openStreams.length === 0);
  expect(lime.getLoginRequest(requestId)?.status).toBe('APPROVED');
});

it('says another content type, or none', async () => {
  const { lime } = started.emulator;
  for (const contentType of ['text/html; charset=utf-8', 'text/event-stream; charset=utf-8', 'application/json']) {
    lime.events.contentType = contentType;
    const site = await listen();
    expect(site.response.headers.get('Content-Type')).toBe(contentType);
    await until(() => site.messages.length === 1);
  }
  const { fetch, lime: inProcess } = createEmulator({ lime: { events: { contentType: null } } });
  const { response } = await EventClient.open('http://emulator.test/api/v1', inProcess.siteToken, fetch);
  expect(response.headers.has('Content-Type')).toBe(false);
});

it('answers any status, body and header by a fault rule, and then the stream', async () => {
  const { faults, lime } = started.emulator;
  const path = '*/agent-login/events';
  const answers = [
    { status: 204 },
    { status: 302, headers: { Location: '/elsewhere' } },
    { status: 401, body: { ok: false, error: { code: 'SITE_TOKEN_INVALID', message: 'Gone.' } } },
    { status: 403, body: 'no' },
    { status: 429, retryAfter: 7 },
    { status: 503, body: '<html>', headers: { 'Content-Type': 'text/html' } },
    { status: 200, body: '<html>', headers: { 'Content-Type': 'text/html' } },
  ];
  for (const respond of answers) {
    faults.add({ path, times: 1, respond });
    const url = `${started.lime.apiBase}/modules/agent-login/events`;
    const response = await fetch(url, { headers: { 'X-Site-Token': started.lime.siteToken }, redirect: 'manual' });
    expect(response.status).toBe(respond.status);
    await response.text();
  }
  faults.add({ path, times: 1, lose: 'before' });
  await expect(listen()).rejects.toThrow(TypeError);
  faults.add({ path, times: 1, lose: 'midway' });
  const cut = await listen();
  expect(await cut.isOver()).toBe('broken');
  expect(cut.text).toBe('data: {"type":'.slice(0, Math.floor('data: {"type":"keepalive"}\n\n'.length / 2)));
  faults.add({ path, times: 1, lose: 'after' });
  await expect(listen()).rejects.toThrow(TypeError);
  await until(() => lime.events.stats.openStreams.length === 0);
  approved();
  await (await listen()).hears(1);
});

it('writes error frames, other frames and anything else to the streams that are open', async () => {
  const { lime } = started.emulator;
  const { events } = lime;
  expect(events.sendError()).toBe(0);
  const other = lime.addSite();
  const [site, foreign] = [await listen(), await EventClient.open(started.lime.apiBase, other.token)];
  expect(events.sendError()).toBe(1);
  expect(events.sendError({ code: 'CHANNEL_DOWN', message: 'Down.' })).toBe(1);
  expect(events.sendFrame({ type: 'approved', login_request_id: 7, text: '\u2028\u{1f98a}' })).toBe(1);
  expect(events.sendRaw('data: {"type":"other"}\r\r')).toBe(1);
  expect(await site.hears(4)).toEqual([
    { type: 'error', code: 'SITE_LOGIN_EVENT_CHANNEL_UNAVAILABLE', message: 'The event channel is not available.' },
    { type: 'error', code: 'CHANNEL_DOWN', message: 'Down.' },
    { type: 'approved', login_request_id: 7, text: '\u2028\u{1f98a}' },
    { type: 'other' },
  ]);
  const start = site.bytes.length;
  events.sendRaw(Uint8Array.of(0xff, 0, 0x0a));
  await until(() => site.bytes.length === start + 3);
  expect(site.bytes.slice(start)).toEqual([0xff, 0, 0x0a]);
  expect(events.sendFrame({ type: 'x' }, { siteToken: other.token })).toBe(1);
  expect(await foreign.hears(1)).toEqual([{ type: 'x' }]);
});

it('edits what events say', async () => {
  const { lime } = started.emulator;
  lime.events.edits = {
    set: { '/redirect_url': '/in', '/login_request_id': ' padded ' },
    remove: ['/agent_passport_jwt'],
  };
  const site = await listen();
  approved();
  expect(await site.hears(1)).toEqual([
    { type: 'approved', status: 'approved', login_request_id: ' padded ', redirect_url: '/in' },
  ]);
});

it('cuts off a stream that nobody reads, before it fills the memory', async () => {
  const { fetch, lime } = createEmulator();
  const headers = { 'X-Site-Token': lime.siteToken };
  const response = await fetch('http://emulator.test/api/v1/modules/agent-login/events', { headers });
  for (let i = 0; i <= 20_000; i++) lime.events.sendFrame({ i });
  await expect(response.text()).rejects.toThrow(TypeError);
});

it('refuses wrong input, naming the field', () => {
  const { events } = started.emulator.lime;
  const wrong: [() => unknown, RegExp][] = [
    [() => createEmulator({ lime: { events: { lineEnd: 'lfcr' as 'lf' } } }), /^lime\.events\.lineEnd: /],
    [() => createEmulator({ lime: { events: { nothing: 1 } as object } }), /^lime\.events\.nothing: /],
    [() => events.configure({ keepaliveMs: 0 }), /^lime\.events\.keepaliveMs: /],
    [() => events.configure({ contentType: 'a\nb' }), /^lime\.events\.contentType: /],
    [() => events.configure({ pieceBytes: 0 }), /^lime\.events\.pieceBytes: /],
    [() => events.configure({ edits: { remove: ['no pointer'] } }), /^lime\.events\.edits\.remove/],
    [() => events.drop({ how: 'softly' as 'cut' }), /^drop\.how: /],
    [() => events.drop({ siteToken: 'SECRET' }), /^events\.siteToken: (?!.*SECRET)/],
    [() => events.cutNext({ times: 0.5 }), /^cut\.times: /],
    [() => events.sendError({ code: 1 as never }), /^error\.code: /],
    [() => events.sendFrame('x' as never), /^frame: /],
    [() => events.sendRaw(1 as never), /^raw: /],
  ];
  for (const [act, message] of wrong) {
    expect(act).toThrow(EmulatorInputError);
    expect(act).toThrow(message);
  }
});

it('is hooked over HTTP too', async () => {
  const call = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const { status, body: answer } = await answerOf(fetch(`${started.url}/__emulator/lime${path}`, init));
    return { status, data: (answer as { data: never }).data as unknown };
  };
  const { lime } = started.emulator;
  const defaults = (await call('GET', '/events/settings')).data;
  expect(defaults).toEqual({
    keepaliveMs: 15_000,
    stalled: false,
    closeAtOnce: false,
    contentType: 'text/event-stream',
    lineEnd: 'lf',
    multiLine: false,
    byteOrderMark: false,
    comments: false,
    copies: 1,
    retryMs: null,
    ids: false,
    eventNames: false,
    pieceBytes: null,
    pieceDelayMs: 0,
    edits: null,
  });
  const changed = await call('PATCH', '/events/settings', { lineEnd: 'cr', copies: 2 });
  expect(changed.data).toEqual({ ...(defaults as object), lineEnd: 'cr', copies: 2 });
  expect(lime.events.lineEnd).toBe('cr');

  const site = await listen();
  const { requestId } = lime.createLoginRequest();
  const approval = await call('POST', `/login-requests/${requestId}/approve`);
  expect(approval).toMatchObject({ status: 200, data: { requestId, status: 'APPROVED' } });
  expect((await call('POST', `/login-requests/${requestId}/approve`)).status).toBe(400);
  expect((await call('POST', '/login-requests/unknown/approve')).status).toBe(404);
  await site.hears(2);
  expect((await call('GET', '/events/stats')).data).toMatchObject({
    openStreams: [{ stream: 1, siteId: expect.any(String) }],
    opened: 1,
    undelivered: [],
    delivered: [{ type: 'approved', requestId, stream: 1 }],
  });
  expect((await call('POST', '/events/error', { code: 'X' })).data).toEqual({ streams: 1 });
  expect((await call('POST', '/events/frame', { frame: { type: 'y' } })).data).toEqual({ streams: 1 });
  expect((await call('POST', '/events/raw', { text: 'data: {"a":1}\n\n' })).data).toEqual({ streams: 1 });
  expect((await call('POST', '/events/raw', { base64: btoa('data: {"b":1}\n\n') })).data).toEqual({ streams: 1 });
  expect((await site.hears(6)).slice(2)).toMatchObject([{ code: 'X' }, { type: 'y' }, { a: 1 }, { b: 1 }]);
  expect((await call('POST', '/events/raw', { base64: '!' })).status).toBe(400);
  expect((await call('POST', '/events/redeliver', { requestId })).status).toBe(200);
  await site.hears(8);
  expect((await call('POST', '/events/redeliver', { requestId: 'unknown' })).status).toBe(404);
  await call('POST', '/events/cut-next', { afterBytes: 1 });
  approved();
  expect(await site.isOver()).toBe('broken');
  const next = await listen();
  await next.hears(1);
  expect((await call('POST', '/events/drop', { how: 'end' })).data).toEqual({ streams: 1 });
  expect(await next.isOver()).toBe('end');
  expect((await call('POST', '/events/drop')).data).toEqual({ streams: 0 });
});
