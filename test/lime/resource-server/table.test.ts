// Forged and broken tokens, most of them signed by the platform's own key, each refused with its code and its words.
import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../../src/emulator/node/index.js';
import { FORBIDDEN_MCP_CLAIMS, type McpTokenRefusal, TokenVerifier } from '../../../src/lime/index.js';
import { ManualClock } from '../../http/manual-clock.js';
import { b64, forge, newSigner } from '../../jwt/tokens.js';
import { DOMAIN, KEYS } from './platform.js';

interface Claims {
  readonly iss: string;
  readonly exp: number;
  readonly [name: string]: unknown;
}
type Change = (claims: Claims, now: number) => Record<string, unknown>;
interface Row {
  readonly code: McpTokenRefusal;
  readonly error: RegExp;
  readonly changes: Record<string, Change>;
}

const set = (name: string, value: unknown) => () => ({ [name]: value });

const rows: Row[] = [
  {
    code: 'JWT_EXPIRED',
    error: /^Token expired$/,
    changes: {
      'beyond the leeway': (_, now) => ({ exp: now - 120 }),
      'an hour ago': (_, now) => ({ exp: now - 3600 }),
      'in 1970': set('exp', 0),
    },
  },
  {
    code: 'JWT_ISSUER',
    error: /^Invalid issuer$/,
    changes: {
      none: set('iss', undefined),
      'another one': set('iss', 'https://evil.example'),
      'one that begins alike': ({ iss }) => ({ iss: `${iss}.evil.example` }),
      'with a slash': ({ iss }) => ({ iss: `${iss}/` }),
      'in other case': ({ iss }) => ({ iss: iss.toUpperCase() }),
      'a list': ({ iss }) => ({ iss: [iss] }),
      'the word undefined': set('iss', 'undefined'),
      null: set('iss', null),
    },
  },
  {
    code: 'JWT_AUDIENCE',
    error: /^Invalid audience$/,
    changes: {
      none: set('aud', undefined),
      "a site's": set('aud', 'lime-site-login'),
      "a binding's": set('aud', 'lime-binding'),
      'a list without it': set('aud', ['x', 'mcp2']),
      'a list in a list': set('aud', [['mcp']]),
      'an empty list': set('aud', []),
      'in other case': set('aud', 'MCP'),
      'an object': set('aud', { 0: 'mcp', length: 1 }),
    },
  },
  {
    code: 'JWT_CLAIM',
    error: /^Invalid token: the claim (exp|iat|nbf|sub) is /i,
    changes: {
      'no exp': set('exp', undefined),
      'null for exp': set('exp', null),
      'a string for exp': (_, now) => ({ exp: String(now + 300) }),
      'true for exp': set('exp', true),
      'a negative exp': set('exp', -1),
      'a string for iat': set('iat', '0'),
      'null for iat': set('iat', null),
      'a list for nbf': set('nbf', [0]),
      'no sub': set('sub', undefined),
      'an empty sub': set('sub', ''),
      'a blank sub': set('sub', ' \t'),
      'a number for sub': set('sub', 7),
      'null for sub': set('sub', null),
    },
  },
  {
    code: 'JWT_ISSUED_IN_FUTURE',
    error: /^Invalid token: The token was issued in the future/,
    changes: { 'beyond the leeway': (_, now) => ({ iat: now + 121 }) },
  },
  {
    code: 'JWT_NOT_YET_VALID',
    error: /^Invalid token: The token is not valid yet/,
    changes: { 'beyond the leeway': (_, now) => ({ nbf: now + 121 }) },
  },
  {
    code: 'MCP_FORBIDDEN_CLAIM',
    error: /^Invalid token: it has the claim (user_id|passport_version|request_id),/,
    changes: {
      ...Object.fromEntries(FORBIDDEN_MCP_CLAIMS.map((name) => [name, set(name, 'x')])),
      'null for one': set('user_id', null),
      'all of a passport': () => ({ user_id: 'u', passport_version: '3', request_id: 'r' }),
    },
  },
  {
    code: 'MCP_DOMAIN_MISSING',
    error: /^Missing domain claim$/,
    changes: {
      none: set('domain', undefined),
      null: set('domain', null),
      empty: set('domain', ''),
      blank: set('domain', '  '),
      'a list': set('domain', [DOMAIN]),
    },
  },
  {
    code: 'MCP_DOMAIN_INVALID',
    error: /^Invalid domain claim$/,
    changes: {
      'in other case': set('domain', DOMAIN.toUpperCase()),
      'a port': set('domain', `${DOMAIN}:443`),
      'a URL': set('domain', `https://${DOMAIN}`),
      'a path': set('domain', `${DOMAIN}/mcp`),
      'a dot at the end': set('domain', `${DOMAIN}.`),
      'white space': set('domain', ` ${DOMAIN}`),
      'a line feed': set('domain', `${DOMAIN}\n`),
      'an address': set('domain', '127.0.0.1'),
      'an address in disguise': set('domain', '0x7f000001'),
      'an address of version 6': set('domain', '[::1]'),
      'a wildcard': set('domain', '*.example.org'),
      'letters beyond ASCII': set('domain', 'töols.example.org'),
    },
  },
  {
    code: 'MCP_DOMAIN_MISMATCH',
    error: /^Domain mismatch$/,
    changes: {
      'another host': set('domain', 'other.example.org'),
      'a host below': set('domain', `x.${DOMAIN}`),
      'a host above': set('domain', 'example.org'),
      'one that ends alike': set('domain', `evil${DOMAIN}`),
      'one that begins alike': set('domain', `${DOMAIN}.evil.example`),
    },
  },
];

const clock = new ManualClock();
const now = clock.now() / 1000;
let started: StartedEmulator;
let claims: Claims;

beforeAll(async () => {
  started = await startEmulator();
  const iss = started.lime.origin;
  claims = { iss, aud: 'mcp', sub: 'agent-hunter2', iat: now - 1, exp: now + 300, jti: 'id-hunter2', domain: DOMAIN };
});
afterAll(() => started.close());

/** A verifier for one token, since unknown keys cool down. */
const verify = (token: unknown) =>
  new TokenVerifier({ baseUrl: started.lime.origin, expectedDomain: DOMAIN, clock }).verify(token as string);

async function expectRefusal(token: unknown, code: McpTokenRefusal, error: RegExp) {
  const result = await verify(token);
  expect(result).toMatchObject({ isValid: false, code, error: expect.stringMatching(error), retryable: false });
  expect([result.claims, result.agentId, result.domain]).toEqual([undefined, undefined, undefined]);
  const said = inspect(result, { depth: 9, showHidden: true });
  expect(said).toMatch(/^[\x20-\x7e\s]*$/);
  expect(said).not.toContain('hunter2');
  for (const part of typeof token === 'string' ? token.split('.') : []) {
    if (part.length > 20) expect(said).not.toContain(part.slice(0, 1000));
  }
}

const cases = rows.flatMap(({ code, error, changes }) =>
  Object.entries(changes).map(([name, change]) => ({ code, error, name, change })),
);

describe("a token signed by the platform's key", () => {
  it('passes as it is, and at the edges of the leeway', async () => {
    const { keys } = started.emulator.lime;
    for (const change of [
      {},
      { exp: now - 119 },
      { iat: now + 120 },
      { nbf: now + 120 },
      { nbf: now },
      { extra: {} },
    ]) {
      expect(await verify(await keys.sign({ ...claims, ...change }))).toMatchObject({ isValid: true });
    }
  });

  it.each(cases)('is refused: $code, $name', async ({ code, error, change }) => {
    const token = await started.emulator.lime.keys.sign({ ...claims, ...change(claims, now) });
    await expectRefusal(token, code, error);
  });
});

describe('a token that is forged or broken', () => {
  const stranger = newSigner('stranger');
  const good = () => started.emulator.lime.keys.sign(claims);
  const current = () => started.emulator.lime.keys.list().find((key) => key.current)?.kid ?? '';
  const parts = async () => (await good()).split('.') as [string, string, string];

  it.each<[McpTokenRefusal, string, () => unknown]>([
    ['JWT_MALFORMED', 'undefined', () => undefined],
    ['JWT_MALFORMED', 'an object', async () => ({ toString: await good() })],
    ['JWT_MALFORMED', 'nothing', () => ''],
    ['JWT_MALFORMED', 'a word', () => 'token'],
    ['JWT_MALFORMED', 'the scheme before it', async () => `Bearer ${await good()}`],
    ['JWT_MALFORMED', 'a line feed after it', async () => `${await good()}\n`],
    ['JWT_MALFORMED', 'its last part missing', async () => (await parts()).slice(0, 2).join('.')],
    ['JWT_MALFORMED', 'two tokens', async () => `${await good()}, ${await good()}`],
    ['JWT_MALFORMED', 'a critical extension', () => forge(stranger, claims, { crit: ['exp'], exp: 1 })],
    [
      'JWT_MALFORMED',
      'a header with a key twice',
      () => forge(stranger, claims, '{"alg":"RS256","kid":"a","kid":"b"}'),
    ],
    ['JWT_TOO_LARGE', 'ten megabytes', () => 'x'.repeat(1e7)],
    ['JWT_TOO_LARGE', 'a long claim', () => started.emulator.lime.keys.sign({ ...claims, pad: 'x'.repeat(9000) })],
    [
      'JWT_ALGORITHM',
      'no signature, and says so',
      async () => `${b64('{"alg":"none","kid":"k"}')}.${(await parts())[1]}.`,
    ],
    [
      'JWT_ALGORITHM',
      'a shared secret',
      async () => {
        const document = await fetch(`${started.lime.origin}${KEYS}`).then((answer) => answer.json());
        const input = `${b64(JSON.stringify({ alg: 'HS256', kid: current() }))}.${(await parts())[1]}`;
        const secret = (document as { keys: { n: string }[] }).keys[0]?.n ?? '';
        return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
      },
    ],
    ['JWT_ALGORITHM', 'RS512', () => forge(stranger, claims, { alg: 'RS512', kid: current() }, 'RSA-SHA512')],
    ['JWT_KID_MISSING', 'no kid', () => forge(stranger, claims, { kid: undefined })],
    ['JWT_KID_MISSING', 'a blank kid', () => forge(stranger, claims, { kid: ' ' })],
    ['JWT_KEY_UNKNOWN', 'a kid of nobody', () => forge(stranger, claims)],
    ['JWT_KEY_UNKNOWN', 'a path for a kid', () => forge(stranger, claims, { kid: '../../../dev/null' })],
    ['JWT_KEY_UNKNOWN', 'a key of its own', () => forge(stranger, claims, { jwk: stranger.jwk })],
    ['JWT_KEY_UNKNOWN', 'a key set of its own', () => forge(stranger, claims, { jku: 'https://evil.example/keys' })],
    [
      'JWT_KEY_UNKNOWN',
      'a key that was retired',
      async () => {
        const { keys } = started.emulator.lime;
        const { kid } = keys.add();
        keys.retire(kid);
        return keys.sign(claims, { kid });
      },
    ],
    ['JWT_SIGNATURE', "another's key under the platform's kid", () => forge(stranger, claims, { kid: current() })],
    [
      'JWT_SIGNATURE',
      'other claims',
      async () => {
        const [head, , signature] = await parts();
        return `${head}.${b64(JSON.stringify({ ...claims, sub: 'root' }))}.${signature}`;
      },
    ],
    ['JWT_SIGNATURE', 'no signature', async () => (await parts()).with(2, '').join('.')],
    [
      'JWT_SIGNATURE',
      'another of its own signatures',
      async () => {
        const other = await started.emulator.lime.keys.sign({ ...claims, jti: 'x' });
        return (await parts()).with(2, other.split('.')[2] ?? '').join('.');
      },
    ],
  ])('is refused: %s, %s', async (code, _, make) => expectRefusal(await make(), code, /^Invalid token: ./));
});

it('is refused in more than eighty ways', () => expect(cases.length + 26).toBeGreaterThan(80));
