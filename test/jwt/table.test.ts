import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type JwtRefusal, JwtRefusedError, KeySet, type VerifyJwtOptions, verifyJwt } from '../../src/jwt/index.js';
import { failure } from '../http/clients.js';
import { ManualClock } from '../http/manual-clock.js';
import { b64, forge, newSigner } from './tokens.js';

const signer = newSigner('k1');
const other = newSigner('k2');
const stranger = newSigner('k1'); // Another issuer, with the same kid.
const clock = new ManualClock();
const now = clock.now() / 1000;
const good = {
  iss: 'https://issuer.example',
  aud: 'lime-site-login',
  sub: 'agent-hunter2',
  iat: now - 1,
  exp: now + 60,
  request_id: 'request-hunter2',
};
const keys = () => new KeySet({ source: async () => ({ keys: [signer.jwk, other.jwk] }), clock });
const rules: VerifyJwtOptions = {
  keys: keys(),
  audience: 'lime-site-login',
  issuer: 'https://issuer.example',
  leewaySeconds: 30,
  expiryLeewaySeconds: 0,
  maxLifeSeconds: 120,
  clock,
};

const without = (name: keyof typeof good) => ({ ...good, [name]: undefined });
const json = (patch: string) => `${JSON.stringify(good).slice(0, -1)},${patch}}`;
const raw = (header: unknown, signature = 'AAAA') =>
  `${b64(typeof header === 'string' ? header : JSON.stringify(header))}.${b64(JSON.stringify(good))}.${signature}`;
const fine = forge(signer, good);
const [head = '', body = '', signature = ''] = fine.split('.');
const hmac = (secret: string | Buffer) => {
  const input = `${b64(JSON.stringify({ alg: 'HS256', kid: 'k1' }))}.${body}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
};
const ec = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const input = `${b64(JSON.stringify({ alg: 'ES256', kid: 'k1' }))}.${body}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
};
/** The last character of an encoding with spare bits set. */
const spareBits = (part: string) => part.slice(0, -1) + String.fromCharCode(part.charCodeAt(part.length - 1) + 1);

const table: Record<JwtRefusal, Record<string, unknown>> = {
  JWT_MALFORMED: {
    undefined: undefined,
    null: null,
    'a number': 1,
    'an object': { token: fine },
    'an array': [fine],
    'an empty string': '',
    'one part': head,
    'two parts': `${head}.${body}`,
    'four parts': `${fine}.x`,
    'five parts, as encrypted tokens have': `${fine}.x.x`,
    'no header': `.${body}.${signature}`,
    'no payload': `${head}..${signature}`,
    'white space before': ` ${fine}`,
    'a line feed after': `${fine}\n`,
    'a scheme before': `Bearer ${fine}`,
    'characters beyond ASCII': `${fine.slice(0, -2)}éé`,
    'a homoglyph dot': fine.replace('.', '．'),
    'a zero byte': `${head}\0.${body}.${signature}`,
    'base64 instead of base64url': `${head}.${body}.${'+/+/'}`,
    padding: `${head}==.${body}.${signature}`,
    'an impossible length of a part': `${head}.${body}.${signature.slice(0, 341)}`,
    'spare bits in the signature': `${head}.${body}.${spareBits(signature)}`,
    'a header that is no JSON': forge(signer, good, 'alg:RS256'),
    'a header that is an array': forge(signer, good, '["RS256"]'),
    'a header with a key twice': forge(signer, good, '{"alg":"none","alg":"RS256","kid":"k1"}'),
    'a critical extension': forge(signer, good, { crit: ['exp'], exp: 1 }),
    'an unencoded payload': forge(signer, good, { crit: ['b64'], b64: false }),
    'a payload that is no JSON': forge(signer, 'exp=1'),
    'NaN itself for exp': forge(signer, json('"exp":NaN')),
    'a payload that is a string': forge(signer, '"lime-site-login"'),
    'a payload that is null': forge(signer, 'null'),
    'a payload that is an array': forge(signer, '[]'),
    'a payload in Latin-1': forge(signer, Buffer.from(json('"name":"é"'), 'latin1')),
    'a payload with a byte-order mark': forge(signer, `\ufeff${JSON.stringify(good)}`),
    'a truncated payload': forge(signer, JSON.stringify(good).slice(0, -1)),
    'two audiences': forge(signer, json('"aud":"lime-site-login"')),
    'two expiries': forge(signer, json(`"exp":${now + 99}`)),
    'two expiries, one in escapes': forge(signer, json(`"\\u0065xp":${now + 99}`)),
    'a key twice within a claim': forge(signer, json('"act":{"sub":"a","sub":"b"}')),
    'a key twice within a list': forge(signer, json('"act":[[{"a":1,"a":1}]]')),
    '__proto__ twice': forge(signer, json('"__proto__":{},"__proto__":{}')),
  },
  JWT_TOO_LARGE: {
    'a long claim': forge(signer, { ...good, pad: 'x'.repeat(8192) }),
    'a long string of nothing': 'x'.repeat(10_000_000),
  },
  JWT_ALGORITHM: {
    none: raw({ alg: 'none', kid: 'k1' }, ''),
    'none with a signature': raw({ alg: 'none', kid: 'k1' }, signature),
    nOnE: raw({ alg: 'nOnE', kid: 'k1' }, ''),
    'no algorithm': raw({ kid: 'k1' }),
    'a number for the algorithm': raw({ alg: 256, kid: 'k1' }),
    'a list of algorithms': raw({ alg: ['RS256'], kid: 'k1' }),
    rs256: forge(signer, good, { alg: 'rs256' }),
    'HS256 with the public key as PEM': hmac(signer.publicKey.export({ format: 'pem', type: 'spki' })),
    'HS256 with the public key as DER': hmac(signer.publicKey.export({ format: 'der', type: 'spki' })),
    'HS256 with the modulus': hmac(String(signer.jwk['n'])),
    'HS256 with an empty secret': hmac(''),
    ES256: ec(),
    RS384: forge(signer, good, { alg: 'RS384' }, 'RSA-SHA384'),
    RS512: forge(signer, good, { alg: 'RS512' }, 'RSA-SHA512'),
    PS256: forge(signer, good, { alg: 'PS256' }),
  },
  JWT_KID_MISSING: {
    'no kid': forge(signer, good, { kid: undefined }),
    'an empty kid': forge(signer, good, { kid: '' }),
    'a blank kid': forge(signer, good, { kid: '  ' }),
    'a number for a kid': forge(signer, good, { kid: 1 }),
    'a list of kids': forge(signer, good, { kid: ['k1'] }),
    'null for a kid': forge(signer, good, { kid: null }),
  },
  JWT_KEY_UNKNOWN: {
    'a kid of nobody': forge(signer, good, { kid: 'k9' }),
    'a kid with white space': forge(signer, good, { kid: 'k1 ' }),
    'a kid in other case': forge(signer, good, { kid: 'K1' }),
    'a path for a kid': forge(signer, good, { kid: '../../dev/null' }),
    'SQL for a kid': forge(signer, good, { kid: "x' UNION SELECT 'key';--" }),
    '__proto__ for a kid': forge(signer, good, { kid: '__proto__' }),
    'constructor for a kid': forge(signer, good, { kid: 'constructor' }),
    'a kid with its own key': forge(stranger, good, { kid: 'mine', jwk: stranger.jwk }),
  },
  JWT_SIGNATURE: {
    "another issuer's key with the same kid": forge(stranger, good),
    'another key of the issuer': forge(other, good, { kid: 'k1' }),
    'a key in the header': forge(stranger, good, { jwk: stranger.jwk }),
    'a key set URL in the header': forge(stranger, good, { jku: 'https://evil.example/jwks.json' }),
    'a certificate in the header': forge(stranger, good, { x5c: ['MIIB'], x5u: 'https://evil.example' }),
    'changed claims': `${head}.${b64(JSON.stringify({ ...good, sub: 'x' }))}.${signature}`,
    'a changed header': `${b64(JSON.stringify({ alg: 'RS256', kid: 'k1', typ: 'JWT' }))}.${body}.${signature}`,
    'no signature': `${head}.${body}.`,
    'half of a signature': `${head}.${body}.${signature.slice(0, 168)}`,
    'a signature and more': `${head}.${body}.${signature.slice(0, -2)}AAAA`,
    'zeros for a signature': `${head}.${body}.${b64(new Uint8Array(256))}`,
    'SHA-512 under the name of RS256': forge(signer, good, {}, 'RSA-SHA512'),
  },
  JWT_AUDIENCE: {
    'none given': forge(signer, without('aud')),
    'another one': forge(signer, { ...good, aud: 'lime-binding' }),
    'a list that has it': forge(signer, { ...good, aud: ['lime-site-login'] }),
    'a list of two': forge(signer, { ...good, aud: ['lime-site-login', 'x'] }),
    'an object': forge(signer, { ...good, aud: { '0': 'lime-site-login' } }),
    'a longer string': forge(signer, { ...good, aud: 'lime-site-login,x' }),
    'in other case': forge(signer, { ...good, aud: 'Lime-Site-Login' }),
    null: forge(signer, { ...good, aud: null }),
  },
  JWT_ISSUER: {
    'none given': forge(signer, without('iss')),
    'another one': forge(signer, { ...good, iss: 'https://evil.example' }),
    'one that begins alike': forge(signer, { ...good, iss: 'https://issuer.example.evil.example' }),
    'with a slash': forge(signer, { ...good, iss: 'https://issuer.example/' }),
    'a list': forge(signer, { ...good, iss: ['https://issuer.example'] }),
  },
  JWT_CLAIM: {
    'no exp': forge(signer, without('exp')),
    'no iat': forge(signer, without('iat')),
    'null for exp': forge(signer, { ...good, exp: null }),
    'a string for exp': forge(signer, { ...good, exp: String(now + 60) }),
    'NaN for exp': forge(signer, json('"x":0').replace(`"exp":${now + 60}`, '"exp":"NaN"')),
    'infinity for exp': forge(signer, json('"x":0').replace(`"exp":${now + 60}`, '"exp":1e999')),
    'a negative exp': forge(signer, { ...good, exp: -1 }),
    'true for exp': forge(signer, { ...good, exp: true }),
    'a list for exp': forge(signer, { ...good, exp: [now + 60] }),
    'a string for iat': forge(signer, { ...good, iat: String(now) }),
    'minus infinity for iat': forge(signer, json('"x":0').replace(`"iat":${now - 1}`, '"iat":-1e999')),
    'a negative iat': forge(signer, { ...good, iat: -5 }),
    'a string for nbf': forge(signer, { ...good, nbf: '0' }),
    'null for nbf': forge(signer, { ...good, nbf: null }),
    'infinity for nbf': forge(signer, json('"nbf":1e999')),
  },
  JWT_EXPIRED: {
    'a second ago': forge(signer, { ...good, exp: now - 1 }),
    'this very second': forge(signer, { ...good, exp: now }),
    'in 1970': forge(signer, { ...good, iat: 0, exp: 1 }),
    'at no time': forge(signer, { ...good, exp: 0 }),
  },
  JWT_ISSUED_IN_FUTURE: {
    'beyond the leeway': forge(signer, { ...good, iat: now + 31, exp: now + 90 }),
    'with an expiry as far away': forge(signer, { ...good, iat: now + 1e8, exp: now + 1e8 + 60 }),
  },
  JWT_LIFE_TOO_LONG: {
    'by a second': forge(signer, { ...good, iat: now - 61 }),
    'by years': forge(signer, { ...good, exp: now + 1e9 }),
    'by all finite time': forge(signer, { ...good, exp: Number.MAX_VALUE }),
  },
  JWT_NOT_YET_VALID: {
    'beyond the leeway': forge(signer, { ...good, nbf: now + 31 }),
    'in milliseconds': forge(signer, { ...good, nbf: now * 1000 }),
  },
};

const rows = Object.entries(table).flatMap(([code, tokens]) =>
  Object.entries(tokens).map(([name, token]) => [code, name, token] as const),
);

describe('a token', () => {
  it('that is right is taken, as it is', async () => {
    const claims = await verifyJwt(fine, rules);
    expect(claims).toEqual(good);
    expect(Object.isFrozen(claims)).toBe(true);
  });

  it('is refused in a hundred ways', () => expect(rows.length).toBeGreaterThan(100));

  it.each(rows)('is refused: %s, %s', async (code, _, token) => {
    // A key set of its own: unknown kids cool down.
    const error = await failure(verifyJwt(token, { ...rules, keys: keys() }));
    expect(error).toBeInstanceOf(JwtRefusedError);
    expect(error).toMatchObject({ code, retryable: false });
    // Nothing of the token is in the error.
    const said = `${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)}`;
    expect(said).not.toContain('hunter2');
    for (const part of typeof token === 'string' ? token.split('.') : []) {
      if (part.length > 20) expect(said).not.toContain(part.slice(0, 1000));
    }
  });

  it('is refused wherever it is cut short', async () => {
    const signatureAt = head.length + body.length + 2;
    for (let length = 0; length < fine.length; length++) {
      const error = await failure(verifyJwt(fine.slice(0, length), rules));
      expect(error, `${length} characters`).toBeInstanceOf(JwtRefusedError);
      const { code } = error as JwtRefusedError;
      // Within its signature it may still be base64url, of which the signature is none.
      expect(length < signatureAt ? ['JWT_MALFORMED'] : ['JWT_MALFORMED', 'JWT_SIGNATURE']).toContain(code);
    }
  });

  it('is not looked at in vain: what can be refused without keys asks for none', async () => {
    const none = {
      get: () => {
        throw new Error('asked for a key');
      },
    };
    for (const code of ['JWT_TOO_LARGE', 'JWT_ALGORITHM', 'JWT_KID_MISSING'] as const) {
      for (const token of Object.values(table[code])) {
        expect(await failure(verifyJwt(token, { ...rules, keys: none }))).toHaveProperty('code', code);
      }
    }
  });

  it('with claims nested deep is read like any other', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const token = forge(signer, json(`"deep":${deep}`));
    expect(await verifyJwt(token, { ...rules, maxLength: 1e6 })).toHaveProperty('deep');
  });
});

describe('rules', () => {
  const verify = (claims: unknown, more: Partial<VerifyJwtOptions>) =>
    verifyJwt(forge(signer, claims), { ...rules, ...more });
  const code = async (claims: unknown, more: Partial<VerifyJwtOptions>) =>
    ((await failure(verify(claims, more))) as { code: string }).code;

  it('may take a list of audiences', async () => {
    await verify({ ...good, aud: ['x', 'lime-site-login'] }, { audienceMayBeList: true });
    await verify(good, { audienceMayBeList: true });
    expect(await code({ ...good, aud: ['x'] }, { audienceMayBeList: true })).toBe('JWT_AUDIENCE');
    expect(await code({ ...good, aud: [['lime-site-login']] }, { audienceMayBeList: true })).toBe('JWT_AUDIENCE');
  });

  it('may leave out audience and issuer, and test the issuer', async () => {
    await verify({ ...good, aud: undefined, iss: undefined }, { audience: undefined, issuer: undefined });
    await verify({ ...good, iss: 'a' }, { issuer: (issuer) => issuer === 'a' });
    expect(await code(good, { issuer: () => false })).toBe('JWT_ISSUER');
    expect(await code(without('iss'), { issuer: () => true })).toBe('JWT_ISSUER');
  });

  it('may do without iat, but not with a longest life', async () => {
    await verify(without('iat'), { issuedAtOptional: true, maxLifeSeconds: undefined });
    expect(await code(without('iat'), { issuedAtOptional: true })).toBe('JWT_CLAIM');
    expect(await code({ ...good, iat: 'x' }, { issuedAtOptional: true, maxLifeSeconds: undefined })).toBe('JWT_CLAIM');
  });

  it.each([
    ['ahead', 29],
    ['behind', -29],
  ])('bear with a clock that is %s', async (_, seconds) => {
    const shifted = new ManualClock(clock.now() + seconds * 1000);
    await verify({ ...good, nbf: now }, { clock: shifted });
  });

  it('hold to the second', async () => {
    const at = (seconds: number) => ({ clock: new ManualClock((now + seconds) * 1000), maxLifeSeconds: 61 });
    await verify(good, at(59.999));
    expect(await code(good, at(60))).toBe('JWT_EXPIRED');
    await verify(good, { ...at(64.999), expiryLeewaySeconds: undefined, leewaySeconds: 5 });
    expect(await code(good, { ...at(65), expiryLeewaySeconds: undefined, leewaySeconds: undefined })).toBe(
      'JWT_EXPIRED',
    );
    await verify({ ...good, nbf: now + 30, iat: now + 30 }, at(0));
    expect(await code(good, { ...at(0), maxLifeSeconds: 60 })).toBe('JWT_LIFE_TOO_LONG');
  });

  it('hear the signal', async () => {
    const reason = new Error('enough');
    expect(await failure(verify(good, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const controller = new AbortController();
    const hanging = new KeySet({ source: () => new Promise(() => {}), clock });
    const pending = failure(verify(good, { keys: hanging, signal: controller.signal }));
    controller.abort(reason);
    expect(await pending).toBe(reason);
  });
});
