import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startEmulator } from '../../src/emulator/node/index.js';
import {
  MemoryReplayStore,
  signTestWebhook,
  verifyWebhook,
  type WebhookRequest,
  type WebhookScheme,
} from '../../src/webhooks/index.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { httpServer } from '../http/servers.js';

const SECRET = `whsec_${btoa('a secret of thirty-two bytes ...')}`;
const OTHER = `whsec_${btoa('another secret of as many bytes')}`;
const SCHEMES: readonly WebhookScheme[] = ['standard', 'x-otp-signature', 'x-axme-signature', 'x-webhook-signature'];
const EVENT = { event: 'permission.approved', data: { id: 'p1', word: 'ü' } };

/** A webhook with some headers replaced. */
async function changed(headers: Record<string, string | undefined>, body?: string): Promise<WebhookRequest> {
  const request = await signTestWebhook(EVENT, SECRET);
  const all = new Headers(request.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) all.delete(name);
    else all.set(name, value);
  }
  return { headers: all, body: body ?? (await request.text()) };
}

it('takes the vector of the specification', async () => {
  // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, signed as it says, by other code.
  const key = Buffer.from(SECRET.slice(6), 'base64');
  const body = '{"test": 2432232314}';
  const signature = createHmac('sha256', key).update(`msg_1.1614265330.${body}`).digest('base64');
  const clock = new ManualClock(1_614_265_330_000);
  const headers = { 'Webhook-Id': 'msg_1', 'Webhook-Timestamp': '1614265330', 'Webhook-Signature': `v1,${signature}` };
  const verified = await verifyWebhook({ headers, body }, SECRET, { clock });
  expect(verified).toMatchObject({
    id: 'msg_1',
    timestamp: new Date(1_614_265_330_000),
    payload: { test: 2432232314 },
  });
  expect(new TextDecoder().decode(verified.body)).toBe(body);
});

describe.each(SCHEMES)('%s', (scheme) => {
  it('what was signed is verified, as a request, as text and as bytes', async () => {
    const request = await signTestWebhook(EVENT, SECRET, { scheme });
    const { headers } = request;
    const bytes = new Uint8Array(await request.clone().arrayBuffer());
    const forms: WebhookRequest[] = [
      request,
      { headers, body: new TextDecoder().decode(bytes) },
      { headers: Object.fromEntries(headers), body: bytes },
    ];
    for (const form of forms) {
      expect((await verifyWebhook(form, [OTHER, SECRET], { scheme })).payload).toEqual(EVENT);
    }
  });

  it('another secret is refused', async () => {
    const request = await signTestWebhook(EVENT, OTHER, { scheme });
    const error = await failure(verifyWebhook(request, SECRET, { scheme }));
    expect(error).toMatchObject({ name: 'WebhookRefusedError', code: 'WEBHOOK_SIGNATURE' });
    expect(inspect(error, { showHidden: true })).not.toContain(SECRET.slice(6));
  });

  it('a webhook without its headers is refused', async () => {
    const request = new Request('http://localhost/', { method: 'POST', body: '{}' });
    expect(await failure(verifyWebhook(request, SECRET, { scheme }))).toMatchObject({ code: 'WEBHOOK_HEADER_MISSING' });
  });

  it('a long body is refused before it is read to its end', async () => {
    let pulled = 0;
    const { headers } = await signTestWebhook(EVENT, SECRET, { scheme });
    const body = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(1000));
      },
    });
    const request = new Request('http://localhost/', { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
    const options = { scheme, maxBytes: 5000 };
    expect(await failure(verifyWebhook(request, SECRET, options))).toMatchObject({ code: 'WEBHOOK_BODY_TOO_LARGE' });
    expect(pulled).toBeLessThan(10);
    const text = { headers, body: 'x'.repeat(5001) };
    expect(await failure(verifyWebhook(text, SECRET, options))).toMatchObject({ code: 'WEBHOOK_BODY_TOO_LARGE' });
  });
});

describe.each(['standard', 'x-otp-signature', 'x-axme-signature'] as const)('%s', (scheme) => {
  it('several secrets sign while they are rotated', async () => {
    for (const secret of [SECRET, OTHER]) {
      const request = await signTestWebhook(EVENT, [OTHER, SECRET], { scheme });
      expect((await verifyWebhook(request, secret, { scheme })).payload).toEqual(EVENT);
    }
  });

  it('a changed body is refused', async () => {
    const { headers } = await signTestWebhook(EVENT, SECRET, { scheme });
    const body = JSON.stringify({ ...EVENT, event: 'permission.denied' });
    expect(await failure(verifyWebhook({ headers, body }, SECRET, { scheme }))).toMatchObject({
      code: 'WEBHOOK_SIGNATURE',
    });
  });
});

describe.each(['x-axme-signature', 'x-webhook-signature'] as const)('%s', (scheme) => {
  it('has no time, so that it may have been signed whenever, and no store can guard it', async () => {
    const request = await signTestWebhook(EVENT, SECRET, { scheme, timestamp: new Date(0) });
    const sent = { headers: request.headers, body: await request.text() };
    expect(await verifyWebhook(sent, SECRET, { scheme })).toMatchObject({ id: undefined, timestamp: undefined });
    const guarded = { scheme, replayStore: new MemoryReplayStore() };
    const error = await failure(verifyWebhook(sent, SECRET, guarded));
    expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('replayStore') });
  });
});

describe('x-axme-signature', () => {
  it('takes what other code signed, over the bytes as they came', async () => {
    const secret = 'a secret of sixteen and more';
    // Spaces and an escape that no one who parses and writes JSON again would keep.
    const body = '{ "event_id" : "e1", "word":"\\u00fc" }';
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const options = { scheme: 'x-axme-signature' } as const;
    for (const value of [`sha256=${signature}`, `sha256=${'0'.repeat(64)}, sha256=${signature.toUpperCase()}`]) {
      const headers = { 'X-AXME-SIGNATURE': value };
      expect((await verifyWebhook({ headers, body }, [OTHER, secret], options)).payload).toEqual({
        event_id: 'e1',
        word: 'ü',
      });
    }
    const again = { headers: { 'x-axme-signature': `sha256=${signature}` }, body: JSON.stringify(JSON.parse(body)) };
    expect(await failure(verifyWebhook(again, secret, options))).toMatchObject({ code: 'WEBHOOK_SIGNATURE' });
  });

  it.each(['', 'sha256=', 'sha256=zz', 'sha1=00', '00'])('is none: %j', async (value) => {
    const request = { headers: { 'x-axme-signature': value }, body: '{}' };
    const error = await failure(verifyWebhook(request, SECRET, { scheme: 'x-axme-signature' }));
    expect(error).toMatchObject({ code: value === '' ? 'WEBHOOK_HEADER_MISSING' : 'WEBHOOK_SIGNATURE' });
  });
});

describe.each(['standard', 'x-otp-signature'] as const)('%s', (scheme) => {
  it.each([
    [-299, undefined],
    [-301, 'WEBHOOK_TOO_OLD'],
    [299, undefined],
    [301, 'WEBHOOK_IN_FUTURE'],
  ])('signed %i s from now: %s', async (seconds, code) => {
    const clock = new ManualClock();
    const timestamp = new Date(clock.now() + seconds * 1000);
    const verifying = verifyWebhook(await signTestWebhook(EVENT, SECRET, { scheme, timestamp }), SECRET, {
      scheme,
      clock,
    });
    if (code === undefined) expect(await verifying).toMatchObject({ timestamp });
    else expect(await failure(verifying)).toMatchObject({ code });
  });

  it('the same delivery is taken once, whoever is first; the next attempt passes', async () => {
    const clock = new ManualClock();
    const replayStore = new MemoryReplayStore({ clock });
    const sent = async () => signTestWebhook(EVENT, SECRET, { scheme, id: 'msg_1', clock });
    const options = { scheme, clock, replayStore };
    const requests = await Promise.all([sent(), sent(), sent()]);
    const results = await Promise.allSettled(requests.map((request) => verifyWebhook(request, SECRET, options)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    clock.advance(299_000);
    expect(
      await failure(verifyWebhook({ headers: requests[0]!.headers, body: JSON.stringify(EVENT) }, SECRET, options)),
    ).toMatchObject({
      code: 'WEBHOOK_REPLAYED',
    });
    expect(await verifyWebhook(await sent(), SECRET, options)).toMatchObject({ payload: EVENT });
  });

  it('signatures that are added, or in another order, do not let it in again', async () => {
    const replayStore = new MemoryReplayStore();
    const request = await signTestWebhook(EVENT, [SECRET, OTHER], { scheme });
    const body = await request.text();
    const all = Object.fromEntries(request.headers);
    const name = scheme === 'standard' ? 'webhook-signature' : scheme;
    const [separator, sign] = scheme === 'standard' ? [' ', 'v1,'] : [',', 'v1='];
    const parts = all[name]!.split(separator);
    const own = parts.filter((part) => part.startsWith(sign));
    const others = parts.filter((part) => !part.startsWith(sign));
    const verify = (signatures: readonly string[]) =>
      verifyWebhook(
        { headers: { ...all, [name]: [...others, ...signatures].join(separator) }, body },
        [OTHER, SECRET],
        { scheme, replayStore },
      );
    await verify(own);
    for (const again of [
      [...own].reverse(),
      own.slice(1),
      [`${sign}${scheme === 'standard' ? 'AAAA' : '00'}`, ...own],
    ]) {
      expect(await failure(verify(again))).toMatchObject({ code: 'WEBHOOK_REPLAYED' });
    }
  });

  it('the body is hashed once a secret, however many signatures come with it', async () => {
    const hashed = vi.spyOn(crypto.subtle, 'verify');
    const signed = vi.spyOn(crypto.subtle, 'sign');
    onTestFinished(() => void vi.restoreAllMocks());
    const [separator, junk] = scheme === 'standard' ? [' ', 'v1,AAAA'] : [',', 'v1=00'];
    const body = 'x'.repeat(10_000);
    const { headers } = await signTestWebhook(body, SECRET, { scheme });
    const name = scheme === 'standard' ? 'webhook-signature' : scheme;
    headers.set(name, [headers.get(name), ...Array.from({ length: 200 }, () => junk)].join(separator));
    signed.mockClear();
    await verifyWebhook({ headers, body }, [SECRET, OTHER], { scheme });
    const contents = [
      ...signed.mock.calls.map(([, , bytes]) => bytes),
      ...hashed.mock.calls.map(([, , , bytes]) => bytes),
    ];
    expect(contents.filter((bytes) => (bytes as Uint8Array).byteLength >= body.length)).toHaveLength(2);
  });

  it('what is refused takes no place in the store', async () => {
    const claimed: string[] = [];
    const replayStore = { claim: (id: string) => claimed.push(id) > 0 };
    const forged = await signTestWebhook(EVENT, OTHER, { scheme });
    await failure(verifyWebhook(forged, SECRET, { scheme, replayStore }));
    expect(claimed).toEqual([]);
  });
});

describe('standard', () => {
  it('a signature may stand among others that are none', async () => {
    const request = await signTestWebhook(EVENT, SECRET);
    const good = request.headers.get('webhook-signature');
    const headers = {
      'webhook-signature': `v1a,abc v1,!!! v2,${good!.slice(3)} ${good}`,
      'webhook-id': request.headers.get('webhook-id')!,
      'webhook-timestamp': request.headers.get('webhook-timestamp')!,
    };
    expect((await verifyWebhook({ headers, body: await request.text() }, SECRET)).payload).toEqual(EVENT);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ['no id', { 'webhook-id': undefined }, 'WEBHOOK_HEADER_MISSING'],
    ['another id', { 'webhook-id': 'msg_other' }, 'WEBHOOK_SIGNATURE'],
    ['no time', { 'webhook-timestamp': 'now' }, 'WEBHOOK_HEADER_MALFORMED'],
    ['a fraction', { 'webhook-timestamp': '1.5' }, 'WEBHOOK_HEADER_MALFORMED'],
    ['no signature of a version that is known', { 'webhook-signature': 'v2,abc' }, 'WEBHOOK_SIGNATURE'],
    ['a short signature', { 'webhook-signature': 'v1,AAAA' }, 'WEBHOOK_SIGNATURE'],
  ])('%s', async (_, headers, code) => {
    expect(await failure(verifyWebhook(await changed(headers), SECRET))).toMatchObject({ code });
  });

  it('a body that is no JSON has no payload, an empty one neither', async () => {
    expect((await verifyWebhook(await signTestWebhook('plain', SECRET), SECRET)).payload).toBeUndefined();
    expect((await verifyWebhook(await signTestWebhook('', SECRET), SECRET)).payload).toBeUndefined();
  });

  it('secrets may be bytes or any text', async () => {
    for (const secret of ['plain text', new TextEncoder().encode('bytes')]) {
      const request = await signTestWebhook(EVENT, secret);
      expect((await verifyWebhook(request, secret)).payload).toEqual(EVENT);
    }
  });

  it('a request without a stream of its body is read, as Firefox has it', async () => {
    const withoutStream = async () =>
      Object.defineProperty(await signTestWebhook(EVENT, SECRET), 'body', { value: undefined });
    expect((await verifyWebhook(await withoutStream(), SECRET)).payload).toEqual(EVENT);
    const long = verifyWebhook(await withoutStream(), SECRET, { maxBytes: 5 });
    expect(await failure(long)).toMatchObject({ code: 'WEBHOOK_BODY_TOO_LARGE' });
  });

  it('a request that was read before is told of', async () => {
    const request = await signTestWebhook(EVENT, SECRET);
    await request.json();
    expect(await failure(verifyWebhook(request, SECRET))).toMatchObject({ code: 'WEBHOOK_BODY_READ' });
    const { headers } = await signTestWebhook(EVENT, SECRET);
    expect(await failure(verifyWebhook({ headers, body: EVENT as never }, SECRET))).toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it.each<[string, unknown, object]>([
    ['no secret', [], {}],
    ['an empty secret', '', {}],
    ['base64 that is none', 'whsec_!!!', {}],
    ['no tolerance', SECRET, { toleranceSeconds: Number.NaN }],
  ])('%s', async (_, secret, options) => {
    const request = await signTestWebhook(EVENT, SECRET);
    expect(await failure(verifyWebhook(request, secret as string, options))).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('a store that fails lets nothing in', async () => {
    const replayStore = { claim: () => Promise.reject(new Error('down')) };
    const error = await failure(verifyWebhook(await signTestWebhook(EVENT, SECRET), SECRET, { replayStore }));
    expect(error).toMatchObject({ code: 'REPLAY_STORE_FAILED', retryable: true, cause: { message: 'down' } });
    const full = new MemoryReplayStore({ maxEntries: 1 });
    const verify = async () => verifyWebhook(await signTestWebhook(EVENT, SECRET), SECRET, { replayStore: full });
    await verify();
    expect(await failure(verify())).toMatchObject({ code: 'REPLAY_STORE_FAILED' });
    expect(() => new MemoryReplayStore({ maxEntries: 0 })).toThrow(/maxEntries/);
  });
});

it('the emulator’s webhooks of Agent OTP are verified', async () => {
  const received: Promise<unknown>[] = [];
  const started = await startEmulator();
  const { emulator, agentOtp } = started;
  const receiver = await httpServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push(verifyWebhook({ headers: request.headers, body: Buffer.concat(chunks) }, agentOtp.webhookSecret));
    response.end();
  });
  const { AgentOtpClient } = await import('../../src/agent-otp/index.js');
  const client = new AgentOtpClient({ apiKey: agentOtp.apiKey, baseUrl: agentOtp.baseUrl });
  const { id } = await client.requestPermission({ action: 'a', webhookUrl: receiver.url });
  emulator.agentOtp.approve(id);
  while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(JSON.stringify(await received[0])).toContain(id);
  await client.close();
  await started.close();
});

it('the emulator’s webhooks of AXME are verified, and known by their id when they come again', async () => {
  const secrets = ['the secret of tomorrow', 'the secret of today'];
  const verified: { payload: unknown }[] = [];
  const receiver = await httpServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = { headers: request.headers, body: Buffer.concat(chunks) };
    verified.push(await verifyWebhook(sent, secrets, { scheme: 'x-axme-signature' }));
    response.end();
  });
  const started = await startEmulator();
  const { AxmeClient } = await import('../../src/axme/index.js');
  const client = new AxmeClient(started.axme);
  await client.upsertWebhookSubscription({
    callback_url: receiver.url,
    event_types: ['invite.accepted'],
    secret: secrets[1],
  });
  const { event_id } = await client.publishWebhookEvent({
    event_type: 'invite.accepted',
    source: 'tests',
    payload: { word: 'ü\u2028' },
  });
  await client.replayWebhookEvent(event_id);
  await expect.poll(() => verified.length).toBe(2);
  for (const { payload } of verified) expect(payload).toMatchObject({ event_id, payload: { word: 'ü\u2028' } });
  await client.close();
  await started.close();
});
