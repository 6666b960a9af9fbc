// The errors of AXME contract §5.4, out of the bodies of §5.5, and what the transport does.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  AxmeAPIError,
  AxmeAuthError,
  AxmeClosedError,
  AxmeConflictError,
  AxmeError,
  AxmeHttpError,
  AxmeInputError,
  AxmeNetworkError,
  AxmeNotFoundError,
  AxmeOutcomeUnknownError,
  AxmeProtocolError,
  AxmeRateLimitError,
  AxmeServerError,
  AxmeTimeoutError,
  AxmeValidationError,
} from '../../src/axme/index.js';
import { isCountersignError } from '../../src/errors.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { closedPort, inTurn, json } from '../http/servers.js';
import { ACTOR_TOKEN, API_KEY, scene } from './helpers.js';

const INTENT = { intent_type: 'orders.place.v1', to_agent: 'agent://acme/ops/bob', payload: {} };

describe('the class is that of the status', () => {
  it.each([
    [400, AxmeValidationError],
    [401, AxmeAuthError],
    [402, AxmeHttpError],
    [403, AxmeAuthError],
    [404, AxmeNotFoundError],
    [405, AxmeHttpError],
    [409, AxmeConflictError],
    [410, AxmeHttpError],
    [413, AxmeValidationError],
    [422, AxmeValidationError],
    [429, AxmeRateLimitError],
    [500, AxmeServerError],
    [501, AxmeServerError],
    [503, AxmeServerError],
  ])('%i', async (status, Class) => {
    const { client } = await scene({ maxRetries: 0 }, json(status, { detail: 'no' }));
    const error = (await failure(client.getIntent('i'))) as AxmeHttpError;
    expect(error.constructor).toBe(Class);
    expect(error.name).toBe(Class.name);
    expect(error).toBeInstanceOf(AxmeAPIError);
    expect(error).toBeInstanceOf(AxmeError);
    expect(isCountersignError(error)).toBe(true);
    expect(error).toMatchObject({ status, statusCode: status, code: `HTTP_${status}`, body: { detail: 'no' } });
    expect(error.retryable).toBe(status === 429 || status >= 500);
  });

  it('a conflict is still what published clients catch', async () => {
    const { client } = await scene({}, json(409, {}));
    expect(await failure(client.getIntent('i'))).toBeInstanceOf(AxmeValidationError);
  });
});

describe('every form of body', () => {
  const auth = {
    error: { code: 'invalid_platform_api_key', message: 'The key is unknown.', details: { hint: 'rotate' } },
    detail: 'unknown key',
  };
  const fields = { detail: [{ loc: ['body', 'payload'], msg: 'Field required', type: 'missing' }] };
  it.each([
    ['an authentication failure', 401, auth, 'invalid_platform_api_key', 'The key is unknown.', 'unknown key'],
    ['a detail', 404, { detail: 'no such intent' }, 'HTTP_404', 'no such intent', 'no such intent'],
    ['a list of fields', 422, fields, 'HTTP_422', 'body.payload: Field required', fields.detail],
    [
      'a list of fields without their places',
      422,
      { detail: [{ msg: 'wrong' }, 'other'] },
      'HTTP_422',
      '?: wrong',
      [{ msg: 'wrong' }, 'other'],
    ],
    [
      'a detail that is an object',
      422,
      { detail: { code: 'schema_invalid', message: 'no title' } },
      'schema_invalid',
      'no title',
      { code: 'schema_invalid', message: 'no title' },
    ],
    [
      'a scenario',
      422,
      { ok: false, error: { code: 'schema_invalid', message: 'no steps' } },
      'schema_invalid',
      'no steps',
      undefined,
    ],
    [
      'details of an error',
      403,
      { error: { code: 'policy_denied', message: 'no', details: { grant: 'resume' } } },
      'policy_denied',
      'no',
      { grant: 'resume' },
    ],
    ['an error that is a text', 400, { error: 'bad' }, 'HTTP_400', 'bad', undefined],
    ['an empty error text', 400, { error: '', message: 'bad' }, 'HTTP_400', 'bad', undefined],
    ['a message', 400, { message: 'bad' }, 'HTTP_400', 'bad', undefined],
    ['a JSON string', 400, 'bad', 'HTTP_400', 'bad', undefined],
    [
      'the diagram',
      400,
      { error_code: 'schema_invalid', message: 'bad', details: [], request_id: 'r-9' },
      'schema_invalid',
      'bad',
      [],
    ],
    ['nothing that is known', 400, { a: 1 }, 'HTTP_400', 'the service gave no reason.', undefined],
    ['null', 400, null, 'HTTP_400', 'the service gave no reason.', undefined],
  ])('%s', async (_, status, body, code, message, detail) => {
    const { client } = await scene({}, json(status, body));
    const error = (await failure(client.getIntent('i'))) as AxmeHttpError;
    expect(error.code).toBe(code);
    expect(error.message).toBe(`HTTP ${status}: ${message}`);
    expect(error.detail).toEqual(detail);
    expect(error.body).toEqual(body);
    if (code === 'schema_invalid' && message === 'bad') expect(error.requestId).toBe('r-9');
  });

  it.each([
    ['a short page', '<h1>Bad Gateway</h1>', '<h1>Bad Gateway</h1>'],
    ['a long page', 'x'.repeat(500), `${'x'.repeat(200)}…`],
    ['no body', '', 'the service gave no reason.'],
  ])('%s', async (_, text, message) => {
    const { client } = await scene({ maxRetries: 0 }, (_, response) => response.writeHead(502).end(text));
    const error = (await failure(client.getIntent('i'))) as AxmeHttpError;
    expect(error.message).toBe(`HTTP 502: ${message}`);
    expect(error.body).toBeUndefined();
  });
});

describe('what comes in headers', () => {
  it.each([
    [{ 'x-request-id': 'r-1', 'x-trace-id': 't-1', 'retry-after': '7' }, 'r-1', 't-1'],
    [{ 'request-id': 'r-2', 'trace-id': 't-2', 'retry-after': '7' }, 'r-2', 't-2'],
  ])('%o', async (headers, requestId, traceId) => {
    const { client } = await scene({ maxRetries: 0 }, json(429, { detail: 'slow down' }, headers));
    const error = (await failure(client.getIntent('i'))) as AxmeRateLimitError;
    expect(error).toMatchObject({ requestId, traceId, retryAfter: 7, retryAfterMs: 7000 });
    expect(error.toJSON()).toMatchObject({ requestId, traceId, retryAfterMs: 7000, status: 429 });
  });

  it('has the trace id that was sent where the service has none', async () => {
    const { client } = await scene({}, json(404, {}));
    const error = (await failure(client.getIntent('i', { traceId: 'mine' }))) as AxmeHttpError;
    expect(error).toMatchObject({ traceId: 'mine', requestId: undefined, retryAfter: undefined });
  });
});

describe('a success', () => {
  it.each(['', '  \n'])('may be empty: %j', async (text) => {
    const { client } = await scene({}, (_, response) => response.writeHead(200).end(text));
    expect(await client.revokeAlias('a')).toEqual({});
  });

  it.each(['<html>', '[1]', '"text"', 'null'])('is a JSON object, not %s', async (text) => {
    const { client } = await scene({}, (_, response) => response.writeHead(200, { 'x-request-id': 'r-1' }).end(text));
    const error = (await failure(client.getIntent('i', { traceId: 't-1' }))) as AxmeProtocolError;
    expect(error).toBeInstanceOf(AxmeProtocolError);
    expect(error).toMatchObject({ code: 'INVALID_RESPONSE', statusCode: 502, requestId: 'r-1', traceId: 't-1' });
  });

  it('of sendIntent has an intent_id', async () => {
    const { client } = await scene({}, json(200, { ok: true, intent_id: '' }));
    expect(await failure(client.sendIntent(INTENT))).toBeInstanceOf(AxmeProtocolError);
  });
});

describe('no answer', () => {
  it('to a read is a network error, and one whose cause is known', async () => {
    const { client } = await scene({ baseUrl: `http://127.0.0.1:${await closedPort()}`, maxRetries: 1 });
    const error = (await failure(client.getIntent('i'))) as AxmeNetworkError;
    expect(error).toBeInstanceOf(AxmeNetworkError);
    expect(error).toMatchObject({ code: 'NETWORK_ERROR', retryable: true });
  });

  it('in time to a read is a timeout', async () => {
    const { client, clock, server } = await scene({ maxRetries: 0, timeoutMs: 500 }, () => {});
    const pending = failure(client.getIntent('i'));
    while (server.requests.length === 0) await new Promise(setImmediate);
    clock.advance(500);
    expect(await pending).toMatchObject({ name: 'AxmeTimeoutError', code: 'TIMEOUT', retryable: true });
    expect(await pending).toBeInstanceOf(AxmeTimeoutError);
  });

  it('to a write that was sent leaves its outcome unknown', async () => {
    const { client, recorded } = await scene({}, (request) => request.socket.destroy());
    const error = (await failure(client.resolveIntent('i', { status: 'COMPLETED', result: {} }))) as AxmeError;
    expect(error).toBeInstanceOf(AxmeOutcomeUnknownError);
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', retryable: false, idempotencyKey: undefined });
    expect(recorded).toHaveLength(1);
  });

  it('to a write that was never sent is a network error', async () => {
    const { client } = await scene({ baseUrl: `http://127.0.0.1:${await closedPort()}` });
    const error = await failure(client.resolveIntent('i', { status: 'COMPLETED', result: {} }));
    expect(error).toBeInstanceOf(AxmeNetworkError);
  });

  it('to a create names the key to make it again with', async () => {
    const { client, recorded } = await scene({}, (request) => request.socket.destroy());
    const error = (await failure(client.createIntent(INTENT))) as AxmeOutcomeUnknownError;
    expect(recorded).toHaveLength(3);
    expect(error.idempotencyKey).toBe(recorded[0]!.headers['idempotency-key']);
    await failure(client.createIntent(INTENT, { idempotencyKey: error.idempotencyKey }));
    expect(new Set(recorded.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('and then a conflict: it may be the first attempt that stands in the way', async () => {
    const listener = () => inTurn((request) => request.socket.destroy(), json(409, { detail: 'terminal' }));
    const first = await scene({}, listener());
    const body = { status: 'COMPLETED', result: {} };
    const error = (await failure(first.client.resolveIntent('i', body, { idempotencyKey: 'k' }))) as AxmeError;
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', status: 409, idempotencyKey: 'k' });
    expect(error.cause).toBeInstanceOf(AxmeConflictError);

    // The service heeds the key of a create, so there it is a conflict with another request.
    const second = await scene({}, listener());
    expect(await failure(second.client.createIntent(INTENT))).toBeInstanceOf(AxmeConflictError);
  });
});

describe('a lost answer and then a refusal that passes', () => {
  it.each([429, 503])('%i: the outcome is unknown, and the key is told', async (status) => {
    const busy = json(status, { detail: 'busy' });
    const { client, recorded } = await scene(
      {},
      inTurn((request) => request.socket.destroy(), busy, busy),
    );
    const error = (await failure(client.createIntent(INTENT))) as AxmeOutcomeUnknownError;
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', status });
    expect(error.idempotencyKey).toBe(recorded[0]!.headers['idempotency-key']);
  });

  it('is that refusal where nothing was lost', async () => {
    const { client } = await scene({}, inTurn(json(503, {}), json(503, {}), json(503, { detail: 'busy' })));
    expect(await failure(client.createIntent(INTENT))).toMatchObject({ name: 'AxmeServerError', status: 503 });
  });
});

describe('the end of a call', () => {
  it('is the reason of its signal', async () => {
    const { client, server } = await scene({}, () => {});
    const controller = new AbortController();
    const pending = failure(client.getIntent('i', { signal: controller.signal }));
    while (server.requests.length === 0) await new Promise(setImmediate);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await pending).toBe(reason);
  });

  it('is close, during it and before it', async () => {
    const { client, server } = await scene({}, () => {});
    const pending = failure(client.getIntent('i'));
    while (server.requests.length === 0) await new Promise(setImmediate);
    await client.close();
    await client.close();
    expect(await pending).toBeInstanceOf(AxmeClosedError);
    expect(await failure(client.getIntent('i'))).toMatchObject({ code: 'CLOSED' });
  });

  it('is a redirect, which is not followed with credentials', async () => {
    const target = await scene();
    const { client } = await scene({}, (_, response) =>
      response.writeHead(307, { location: `${target.server.url}/v1/intents/i` }).end(),
    );
    expect(await failure(client.getIntent('i'))).toMatchObject({ name: 'AxmeError', code: 'UNEXPECTED_REDIRECT' });
    expect(target.recorded).toEqual([]);
  });

  it('is a body that is too long', async () => {
    const { client } = await scene({}, (_, response) => response.writeHead(200).end('x'.repeat(2 ** 24 + 1)));
    expect(await failure(client.getIntent('i'))).toMatchObject({ name: 'AxmeError', code: 'BODY_TOO_LARGE' });
  });

  it('is what a fetch throws that is none', async () => {
    const { client } = await scene({
      maxRetries: 0,
      hooks: undefined,
      fetch: () => {
        throw new TypeError('not a function');
      },
    });
    expect(await failure(client.getIntent('i'))).toBeInstanceOf(AxmeNetworkError);
  });
});

it('whatever fails is of this tree', async () => {
  const { client } = await scene({ hooks: undefined, clock: new BrokenClock() }, json(503, {}));
  const error = (await failure(client.getIntent('i'))) as AxmeError;
  expect(error).toMatchObject({ name: 'AxmeError', code: 'UNEXPECTED_FAILURE', cause: new Error('no timers here') });
});

class BrokenClock extends ManualClock {
  override async sleep(): Promise<void> {
    throw new Error('no timers here');
  }
}

describe('secrets', () => {
  const OTHER = 'Bearer one-call-only-token';
  const SECRET = 'webhook-signing-secret';
  const INVITE = 'invite-token-0123456789';
  const secrets = [API_KEY, ACTOR_TOKEN, 'one-call-only-token', SECRET, INVITE];

  it('are in no error, log line or hook, even where the service quotes them', async () => {
    const quoting = (status: number) =>
      json(status, {
        detail: [{ loc: ['body', SECRET], msg: `bad ${API_KEY}`, input: { all: secrets.join(' ') } }],
        error: { code: ACTOR_TOKEN, message: secrets.join(' '), details: { [INVITE]: OTHER } },
      });
    for (const status of [401, 422, 503]) {
      const { client, told } = await scene({ actorToken: ACTOR_TOKEN }, quoting(status));
      const webhook = { callback_url: 'https://a.example/hook', event_types: ['invite.accepted'], secret: SECRET };
      const errors = [
        await failure(client.upsertWebhookSubscription(webhook)),
        await failure(client.getInvite(INVITE)),
        await failure(client.acceptInvite(INVITE, { nick: 'bob' })),
        await failure(client.resumeIntent('i', {}, { authorization: OTHER })),
      ] as AxmeHttpError[];
      const shown = [...errors, ...told].map((item) => `${JSON.stringify(item)}${inspect(item, { depth: 9 })}`).join();
      const own = errors.map((error) => `${error.message}${error.stack}${JSON.stringify(error.body)}`).join();
      // Each call knows its own.
      for (const secret of [API_KEY, ACTOR_TOKEN]) expect(shown + own).not.toContain(secret);
      const [hook, got, accepted, resumed] = errors.map(
        (error) => `${inspect(error)}${JSON.stringify(error)}${JSON.stringify(error.body)}${error.message}`,
      );
      expect(hook).not.toContain(SECRET);
      expect(got! + accepted!).not.toContain(INVITE);
      expect(resumed).not.toContain('one-call-only-token');
      expect(told.map((item) => JSON.stringify(item)).join()).not.toContain(INVITE);
    }
  });

  it('of one client are nowhere in another, nor in what either says', async () => {
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const keys = { apiKey: `axme_sa_key-of-${name}`, actorToken: `token-of-${name}` };
        const all = Object.values(keys);
        // It quotes all that it is sent.
        const scened = await scene(keys, (request, response) =>
          json(422, { detail: JSON.stringify(request.headers) })(request, response),
        );
        const call = async () =>
          (await failure(scened.client.resumeIntent('i', {}, { idempotencyKey: 'k' }))) as AxmeHttpError;
        return { ...scened, all, call };
      }),
    );
    const errors = await Promise.all([one!.call(), two!.call(), one!.call(), two!.call()]);
    const said = [...errors, ...one!.told, ...two!.told, one!.client, two!.client]
      .map((item) => `${JSON.stringify(item)}${inspect(item, { depth: 9, showHidden: true })}`)
      .concat(errors.map((error) => `${error.message}${error.stack}${JSON.stringify(error.body)}`))
      .join();
    for (const secret of [...one!.all, ...two!.all]) expect(said).not.toContain(secret);
    for (const [mine, other] of [[one!, two!] as const, [two!, one!] as const]) {
      expect(JSON.stringify(mine.recorded)).toContain(mine.all[0]);
      for (const secret of other.all) expect(JSON.stringify(mine.recorded)).not.toContain(secret);
    }
  });

  it('are not in what a client shows, nor in what it throws of a bad one', async () => {
    const { client } = await scene({ actorToken: ACTOR_TOKEN });
    const shown = inspect(client, { depth: 9, showHidden: true }) + JSON.stringify(client);
    for (const secret of [API_KEY, ACTOR_TOKEN]) expect(shown).not.toContain(secret);
    const broken = await scene({ apiKey: 'two\nlines-of-secret' });
    const error = (await failure(broken.client.health())) as AxmeInputError;
    expect(error).toBeInstanceOf(AxmeInputError);
    expect(inspect(error)).not.toContain('lines-of-secret');
  });
});
