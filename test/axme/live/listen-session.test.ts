import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { AxmeNotFoundError, AxmeProtocolError } from '../../../src/axme/index.js';
import { failure } from '../../http/clients.js';
import { json } from '../../http/servers.js';
import { collect, open, scene, seqs, TIMEOUT } from './gateway.js';

const SESSION = 'sess-1';
const BASE = `/v1/sessions/${SESSION}`;

interface Session {
  readonly stream?: string | number;
  readonly messages?: () => unknown;
  readonly status?: () => string;
}

function sessionOf({ stream = 404, messages = () => [], status = () => 'ACTIVE' }: Session): RequestListener {
  return (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://gateway');
    const since = Number(searchParams.get('since') ?? 0);
    if (pathname === `${BASE}/feed/stream`) {
      if (typeof stream === 'string') open(response).end(stream);
      else json(stream, { detail: 'none' })(request, response);
    } else if (pathname === `${BASE}/messages`) {
      const all = messages();
      const later = Array.isArray(all) ? all.filter(({ seq }) => seq > since) : all;
      json(200, { ok: true, messages: later })(request, response);
    } else if (pathname === BASE) {
      json(200, { ok: true, session: { session_id: SESSION, status: status(), result: { sum: 3 } } })(
        request,
        response,
      );
    } else json(404, { detail: 'not found' })(request, response);
  };
}

const message = (seq: number, more: object = {}) => ({ seq, role: 'user', content: `m${seq}`, ...more });
const frame = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

describe('listenSession', () => {
  it('hands over the feed until the session is completed, and nothing that the stream says to itself', async () => {
    const completed = { type: 'session.completed', seq: 3, status: 'COMPLETED' };
    const { client, asked } = await scene({
      other: sessionOf({
        stream:
          frame('session.message', message(1)) +
          TIMEOUT +
          frame('intent.created', { seq: 9 }) +
          frame('session.message', { ...message(2), type: 'session.note' }) +
          frame('session.completed', completed) +
          frame('session.message', message(4)),
      }),
    });
    expect(await collect(client.listenSession(SESSION))).toEqual([
      { ...message(1), type: 'session.message' },
      { ...message(2), type: 'session.note' },
      completed,
    ]);
    expect(asked()).toEqual([`${BASE}/feed/stream?since=0&wait_seconds=30`]);
  });

  it('ends with an event that says so in its own words', async () => {
    const last = { event: 'session.completed', type: 'lifecycle' };
    const { client } = await scene({ other: sessionOf({ stream: frame('session.lifecycle', last) }) });
    expect(await collect(client.listenSession(SESSION))).toEqual([last]);
  });

  it('sees by polls that the session is completed, where the gateway has no stream', async () => {
    let asked = 0;
    const { client, clock } = await scene({
      other: sessionOf({
        status: () => (++asked >= 3 ? 'COMPLETED' : 'ACTIVE'),
        messages: () => [message(1), ...(asked >= 3 ? [message(2)] : [])],
      }),
    });
    // The published client never ends here.
    expect(await collect(client.listenSession(SESSION))).toEqual([
      { ...message(1), type: 'session.message' },
      { ...message(2), type: 'session.message' },
      { type: 'session.completed', session_id: SESSION, status: 'COMPLETED', result: { sum: 3 } },
    ]);
    expect(clock.waits).toEqual([1000]);
  });

  it('tells the completion after the last message, where a list has only so many', async () => {
    const all = Array.from({ length: 5 }, (_, i) => message(i + 1));
    const { client, asked } = await scene({
      other(request, response) {
        const since = Number(new URL(request.url ?? '', 'http://gateway').searchParams.get('since') ?? 0);
        sessionOf({ status: () => 'COMPLETED', messages: () => all.slice(since, since + 2) })(request, response);
      },
    });
    const events = await collect(client.listenSession(SESSION));
    expect(seqs(events)).toEqual([1, 2, 3, 4, 5, undefined]);
    expect(events.at(-1)).toMatchObject({ type: 'session.completed' });
    expect(asked().filter((url) => url.includes('messages')).length).toBe(4);
  });

  it('tells the completion once, where the messages have it too', async () => {
    const completed = message(2, { type: 'session.completed' });
    const { client } = await scene({
      other: sessionOf({ status: () => 'COMPLETED', messages: () => [message(1), completed] }),
    });
    expect(seqs(await collect(client.listenSession(SESSION)))).toEqual([1, 2]);
  });

  it('just ends after timeoutMs, as the published client does', async () => {
    const { client, clock } = await scene({ other: sessionOf({ messages: () => [message(1)] }) });
    expect(seqs(await collect(client.listenSession(SESSION, { timeoutMs: 13_000 })))).toEqual([1]);
    expect(clock.sleeping).toBe(0);
  });

  it('throws where there is no such session, and where the list is none', async () => {
    const missing = await scene({});
    expect(await failure(collect(missing.client.listenSession(SESSION)))).toBeInstanceOf(AxmeNotFoundError);
    const garbled = await scene({ other: sessionOf({ messages: () => 'none' }) });
    expect(await failure(collect(garbled.client.listenSession(SESSION)))).toBeInstanceOf(AxmeProtocolError);
  });
});
