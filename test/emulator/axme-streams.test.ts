import { afterEach, describe, expect, test } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { type Frame, framesOf, Gateway } from './axme-client.js';
import { until } from './event-client.js';

const streamPath = (id: string, query = 'since=0&wait_seconds=60') => `/v1/intents/${id}/events/stream?${query}`;

describe('an intent’s stream', () => {
  test('is frames by number, and a timeout when the window ends', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const response = await gateway.fetch('GET', streamPath(id, 'since=1&wait_seconds=2'));
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const text = response.text();
    await until(() => gateway.emulator.axme.openStreams === 1);
    gateway.emulator.clock.advance(2000);
    const { body } = await gateway.get(`/v1/intents/${id}/events?since=1`);
    expect(await text).toBe(
      `id: 2\nevent: intent.submitted\ndata: ${JSON.stringify(body.events[0])}\n\n` +
        'event: stream.timeout\ndata: {"ok":true,"next_seq":3}\n\n',
    );
    expect(gateway.emulator.axme.openStreams).toBe(0);
  });

  test('ends at once after a terminal event, and says nothing after it', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    gateway.emulator.axme.resolveIntent(id);
    const frames = await gateway.frames(streamPath(id));
    expect(frames.map(({ event }) => event)).toEqual(['intent.created', 'intent.submitted', 'intent.completed']);
  });

  test.each(['since=-1', 'since=x', 'wait_seconds=0', 'wait_seconds=61', 'wait_seconds=1.5'])(
    'refuses %s',
    async (query) => {
      const gateway = new Gateway();
      const id = await gateway.create();
      const { status, body } = await gateway.get(streamPath(id, query));
      expect([status, body.detail[0].loc]).toEqual([422, ['query', query.split('=')[0]]]);
    },
  );

  test('has no line ends within the JSON that some clients see', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const text = 'a\u0085b\u2028c\u2029d\ne';
    gateway.emulator.axme.resolveIntent(id, { details: { text } });
    const raw = await (await gateway.fetch('GET', streamPath(id))).text();
    expect(raw).not.toMatch(/[\u0085\u2028\u2029]/);
    expect((await gateway.frames(streamPath(id))).at(-1)?.data.details).toEqual({ text });
  });

  test('is kept alive by comments', async () => {
    const gateway = new Gateway({ axme: { keepaliveMs: 5000 } });
    const id = await gateway.create();
    const response = await gateway.fetch('GET', streamPath(id, 'since=2&wait_seconds=12'));
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (const expected of [': keepalive\n\n', ': keepalive\n\n']) {
      const piece = reader.read();
      gateway.emulator.clock.advance(5000);
      expect((await piece).value).toBe(expected);
    }
    const last = reader.read();
    gateway.emulator.clock.advance(2000);
    expect((await last).value).toContain('stream.timeout');
    expect((await reader.read()).done).toBe(true);
  });

  test('hands out 10,000 events in order, from wherever one asks', async () => {
    const gateway = new Gateway();
    const { axme } = gateway.emulator;
    const id = await gateway.create();
    axme.addEvents(id, { times: 10_000, details: { n: 1 } });
    axme.resolveIntent(id);
    const frames = await gateway.frames(streamPath(id, 'since=5000&wait_seconds=1'));
    expect(frames.map(({ data }) => data.seq)).toEqual(Array.from({ length: 5003 }, (_none, at) => 5001 + at));
  });

  test('goes to 200 observers', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const observing = Array.from({ length: 200 }, () => gateway.frames(streamPath(id)));
    await until(() => gateway.emulator.axme.openStreams === 200);
    gateway.emulator.axme.resolveIntent(id);
    for (const frames of await Promise.all(observing)) expect(frames).toHaveLength(3);
    expect(gateway.emulator.axme.openStreams).toBe(0);
  });

  test('stops when the client leaves', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const { axme } = gateway.emulator;
    const canceled = await gateway.fetch('GET', streamPath(id));
    await canceled.body!.cancel();
    expect(axme.openStreams).toBe(0);
    const abort = new AbortController();
    const aborted = await gateway.fetch('GET', streamPath(id), undefined, {}, abort.signal);
    const text = aborted.text();
    abort.abort(new Error('gone'));
    await expect(text).rejects.toThrow('gone');
    expect(axme.openStreams).toBe(0);
  });

  test('is dropped on demand, and by a reset', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const { axme } = gateway.emulator;
    const cut = (await gateway.fetch('GET', streamPath(id))).text();
    expect(axme.dropStreams()).toBe(1);
    await expect(cut).rejects.toThrow(TypeError);
    const ended = (await gateway.fetch('GET', streamPath(id))).text();
    expect(axme.dropStreams({ how: 'end' })).toBe(1);
    expect(await ended).not.toContain('stream.timeout');
    const reset = (await gateway.fetch('GET', streamPath(id))).text();
    gateway.emulator.reset();
    await reset;
    expect(axme.openStreams).toBe(0);
  });

  test('answers HEAD without opening', async () => {
    const gateway = new Gateway();
    const id = await gateway.create();
    const head = await gateway.fetch('HEAD', streamPath(id));
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(gateway.emulator.axme.openStreams).toBe(0);
  });
});

describe('an agent’s stream', () => {
  const path = (query: string) => `/v1/agents/acme/shop/clerk/intents/stream?${query}`;
  const within = async (gateway: Gateway, query: string): Promise<Frame[]> => {
    const frames = gateway.frames(path(`${query}&wait_seconds=1`));
    await until(() => gateway.emulator.axme.openStreams === 1);
    gateway.emulator.clock.advance(1000);
    return (await frames).slice(0, -1);
  };

  test('leaves out what is over, unless it is asked for', async () => {
    const gateway = new Gateway();
    const [done, open, other] = [await gateway.create(), await gateway.create(), await gateway.create()];
    gateway.emulator.axme.resolveIntent(done);
    gateway.emulator.axme.moveIntent(other, { status: 'WAITING' });
    expect((await within(gateway, 'since=0')).map(({ data }) => [data.seq, data.intent_id, data.status])).toEqual([
      [2, open, 'SUBMITTED'],
      [3, other, 'WAITING'],
    ]);
    const asked = await within(gateway, 'since=0&status=completed,waiting');
    expect(asked.map(({ event, data }) => [event, data.seq])).toEqual([
      ['intent.completed', 1],
      ['intent.waiting', 3],
    ]);
    expect((await gateway.get(path('status=DONE'))).status).toBe(422);
  });

  test('takes the address with and without agent://, and a bare name', async () => {
    const gateway = new Gateway();
    const id = await gateway.create({ to_agent: 'bob' });
    for (const address of ['bob', 'agent://bob', encodeURIComponent('agent://bob')]) {
      for await (const { data } of gateway.stream(`/v1/agents/${address}/intents/stream`)) {
        expect(data).toMatchObject({ intent_id: id, seq: 1 });
        break;
      }
    }
  });
});

describe('over a socket', () => {
  let started: StartedEmulator | undefined;

  afterEach(async () => {
    await started?.close();
    started = undefined;
  });

  test('each frame arrives when it is written; a client that leaves is let go', async () => {
    started = await startEmulator();
    const { baseUrl, apiKey } = started.axme;
    const { axme } = started.emulator;
    const { intentId } = axme.createIntent();
    const abort = new AbortController();
    const response = await fetch(baseUrl + streamPath(intentId), {
      headers: { 'x-api-key': apiKey },
      signal: abort.signal,
    });
    const frames = framesOf(response);
    for (const event of ['intent.created', 'intent.submitted']) expect((await frames.next()).value?.event).toBe(event);
    axme.addEvents(intentId);
    expect((await frames.next()).value?.event).toBe('intent.note');
    abort.abort();
    await expect(frames.next()).rejects.toThrow();
    await until(() => axme.openStreams === 0);
  });

  test('a fault cuts a stream midway', async () => {
    started = await startEmulator();
    const { baseUrl, apiKey } = started.axme;
    const { intentId } = started.emulator.axme.createIntent();
    started.emulator.faults.add({ path: '/axme/v1/intents/*/events/stream', times: 1, lose: 'midway' });
    const response = await fetch(baseUrl + streamPath(intentId), { headers: { 'x-api-key': apiKey } });
    await expect(response.text()).rejects.toThrow(TypeError);
  });
});
