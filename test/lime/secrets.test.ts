import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Fault, LoginRequest } from '../../src/emulator/index.js';
import { LimeAgent, LimeLogin } from '../../src/lime/index.js';
import { redact } from '../../src/wire/redact.js';
import { failure } from '../http/clients.js';
import { closedPort } from '../http/servers.js';
import { APPROVE, CHALLENGE, refusal, type Scene, scene } from './helpers.js';

const TOKEN = 'at_live_hunter2';

/** A failing login: what makes it fail, and with which code it does. */
interface Case {
  readonly code: string;
  readonly options?: (one: { readonly port: number }) => ConstructorParameters<typeof LimeLogin>[0];
  readonly request?: Parameters<Scene['request']>[0];
  readonly prepare?: (one: Scene, request: LoginRequest) => void;
  readonly id?: string;
}

const approve = (fault: Partial<Fault>, code: string): Case => ({
  code,
  prepare: ({ emulator }) => void emulator.faults.add({ path: APPROVE, ...fault }),
});
const challenge = (fault: Partial<Fault>, code: string): Case => ({
  code,
  prepare: ({ emulator }) => void emulator.faults.add({ path: CHALLENGE, ...fault }),
});
const data = (change: (data: Record<string, unknown>) => unknown): Partial<Fault> => ({
  rewrite: (json) => ({ ok: true, data: change((json as { data: Record<string, unknown> }).data) }),
});
const everything = (one: Scene, request: LoginRequest) =>
  [one.emulator.lime.agentToken, request.challenge, ...one.nonces].join(' and ');

const cases: Record<string, Case> = {
  'a wrong token': { code: 'INVALID_AGENT_TOKEN', options: () => ({ agentToken: TOKEN }) },
  'an unknown request': { code: 'SITE_LOGIN_REQUEST_NOT_FOUND', id: 'unknown' },
  'a blank id': { code: 'INVALID_REQUEST_ID', id: ' ' },
  'an expired request': {
    code: 'SITE_LOGIN_REQUEST_NOT_FOUND',
    prepare: ({ emulator }, { requestId }) => void emulator.lime.expireLoginRequest(requestId),
  },
  'a conflict': approve({ respond: { status: 409, body: refusal('SITE_LOGIN_CONFLICT') } }, 'SITE_LOGIN_CONFLICT'),
  'a lost answer': approve({ lose: 'after', times: 1 }, 'LOGIN_OUTCOME_UNKNOWN'),
  'only lost answers': approve({ lose: 'before' }, 'LOGIN_OUTCOME_UNKNOWN'),
  'a refused nonce': approve({ respond: { status: 400, body: refusal('INVALID_POW') } }, 'INVALID_POW'),
  'a rate limit': approve({ respond: { status: 429, body: refusal('X') } }, 'X'),
  'an approval in HTML': approve({ respond: { status: 200, body: '<html>' } }, 'INVALID_RESPONSE'),
  'a redirect': approve({ respond: { status: 302, headers: { location: '/x' } } }, 'UNEXPECTED_REDIRECT'),
  'a malformed approval': approve(
    data((all) => ({ ...all, expires_at: 'soon' })),
    'INVALID_RESPONSE',
  ),
  'no challenge': challenge(
    data(({ pow_challenge, ...all }) => ({ ...all, was: pow_challenge })),
    'INVALID_RESPONSE',
  ),
  'a challenge in a list': challenge(
    data((all) => ({ ...all, pow_challenge: [all['pow_challenge']] })),
    'INVALID_RESPONSE',
  ),
  'a challenge as the difficulty': challenge(
    data((all) => ({ ...all, pow_difficulty: all['pow_challenge'] })),
    'INVALID_RESPONSE',
  ),
  'a challenge that is not Unicode': challenge(
    data((all) => ({ ...all, pow_challenge: `${all['pow_challenge']}\ud800` })),
    'INVALID_RESPONSE',
  ),
  'a challenge outside of data': challenge(
    { rewrite: (json) => ({ ok: true, ...(json as { data: object }).data }) },
    'INVALID_RESPONSE',
  ),
  'a huge difficulty': { code: 'POW_DIFFICULTY', request: { difficulty: 40 } },
  'a solve that takes too long': {
    code: 'POW_TIMEOUT',
    request: { difficulty: 30 },
    options: () => ({ powTimeoutMs: 1 }),
  },
  'a dead server': { code: 'NETWORK_ERROR', options: ({ port }) => ({ baseUrl: `http://127.0.0.1:${port}` }) },
  'a closed client': { code: 'CLOSED', prepare: ({ lime }) => void lime.close() },
  'a server that quotes everything it was sent': {
    code: 'QUOTED',
    prepare: (one, request) =>
      void one.emulator.faults.add({
        path: APPROVE,
        rewrite: () => ({
          ok: false,
          error: {
            code: 'QUOTED',
            message: everything(one, request),
            detail: { deep: [{ [everything(one, request)]: request.challenge }], nonce: one.nonces[0] },
          },
        }),
      }),
  },
  'a server whose code is a secret': {
    code: '***',
    prepare: (one, { challenge }) => {
      const error = { code: challenge, message: challenge };
      one.emulator.faults.add({ path: APPROVE, rewrite: () => ({ ok: false, error }) });
    },
  },
};

/** Every error of a chain of causes, as anybody may print it. */
function* printed(error: unknown): Generator<string> {
  yield inspect(error, { depth: 20, showHidden: true });
  for (let cause = error, depth = 0; cause instanceof Error && depth < 10; cause = cause.cause, depth++) {
    yield `${cause} ${cause.message} ${cause.stack} ${JSON.stringify(cause)} ${JSON.stringify({ ...cause })}`;
  }
}

describe('token, challenge and nonce are in no message, stack, JSON, inspection, log line or hook after', () => {
  it.each(Object.entries(cases))('%s', async (_, { code, options, request: given, prepare, id }) => {
    const one = await scene(options?.({ port: await closedPort() }));
    const request = one.request(given);
    prepare?.(one, request);
    const error = await failure(one.lime.login(id ?? request.requestId));
    expect(error).toHaveProperty('code', code);

    const around = [one.told, one.lime];
    const text = [...printed(error), ...printed(around), JSON.stringify(around)].join('\n');
    expect(text.length).toBeGreaterThan(200);
    const secrets = [TOKEN, one.emulator.lime.agentToken, request.challenge, ...one.nonces];
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThanOrEqual(8);
      expect(text).not.toContain(secret);
    }
  });

  it('a success', async () => {
    const one = await scene();
    const request = one.request();
    const result = await one.lime.login(request.requestId);
    const text = inspect([result, one.told, one.lime], { depth: 20, showHidden: true }) + JSON.stringify(result);
    for (const secret of [one.emulator.lime.agentToken, request.challenge, ...one.nonces]) {
      expect(text).not.toContain(secret);
    }
  });
});

it.each([LimeLogin, LimeAgent])('%o shows nothing of itself', (Client) => {
  const client = new Client({ agentToken: TOKEN, baseUrl: 'http://localhost' });
  expect(JSON.stringify(client)).toBe('{}');
  expect(Object.getOwnPropertyNames(client)).toEqual([]);
  expect(inspect(client, { depth: 20, showHidden: true })).not.toContain('hunter2');
});

it('a token that no header can hold is not quoted', () => {
  try {
    new LimeLogin({ agentToken: `${TOKEN}\nX: y` });
    expect.unreachable();
  } catch (error) {
    expect([...printed(error)].join()).not.toContain('hunter2');
  }
});

it('redaction keeps what is no secret', () => {
  const value = { a: [1, true, null, 'text', { b: 'at' }] };
  expect(redact(value, [TOKEN, '', 'at', '1'])).toEqual(value);
  const quoted = JSON.parse('{"nonce":1000000000000022331,"text":"nonce 1000000000000022331!"}');
  expect(redact(quoted, ['1000000000000022331'])).toEqual({ nonce: '***', text: 'nonce ***!' });
});
