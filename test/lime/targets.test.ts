import { describe, expect, it } from 'vitest';
import { extractAndNormalizeDomain, LimeInputError, resolveMcpHttpUrl } from '../../src/lime/index.js';

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

const accepted: readonly (readonly [target: string, domain: string, url: string])[] = [
  ['tools.example.org', 'tools.example.org', 'https://tools.example.org/mcp'],
  ['tools.example.org:8443', 'tools.example.org', 'https://tools.example.org:8443/mcp'],
  ['https://tools.example.org/mcp', 'tools.example.org', 'https://tools.example.org/mcp'],
  ['https://tools.example.org:8443/mcp/', 'tools.example.org', 'https://tools.example.org:8443/mcp'],
  ['http://Tools.Example.ORG/path', 'tools.example.org', 'http://Tools.Example.ORG/path'],
  ['  https://example.com/foo/bar  ', 'example.com', 'https://example.com/foo/bar'],
  ['https://example.com/', 'example.com', 'https://example.com'],
  ['https://example.com//', 'example.com', 'https://example.com'],
  ['HTTPS://Example.COM/MCP/', 'example.com', 'HTTPS://Example.COM/MCP'],
  ['EXAMPLE.com:8443/path', 'example.com', 'https://example.com:8443/mcp'],
  ['example.com/a/b', 'example.com', 'https://example.com/mcp'],
  ['https://example.com/mcp?x=1#f', 'example.com', 'https://example.com/mcp?x=1#f'],
  ['https://example.com:443/mcp', 'example.com', 'https://example.com:443/mcp'],
  ['https://good.com/@evil.com', 'good.com', 'https://good.com/@evil.com'],
  ['xn--mnchen-3ya.de', 'xn--mnchen-3ya.de', 'https://xn--mnchen-3ya.de/mcp'],
  [`${'a'.repeat(63)}.org`, `${'a'.repeat(63)}.org`, `https://${'a'.repeat(63)}.org/mcp`],
  ['single', 'single', 'https://single/mcp'],
];

const refused: Readonly<Record<string, readonly string[]>> = {
  'non-empty': ['', '   ', '\n'],
  userinfo: ['user@host.com', 'https://u:p@host.com/mcp', 'https://example.com\\@evil.com/', 'user:secret@host.com'],
  'IP address': [
    '127.0.0.1',
    '127.0.0.1:9000',
    'https://127.0.0.1/mcp',
    '[::1]',
    'http://[::1]:9000/mcp',
    '[fe80::1%eth0]',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '1.2.3.4.5',
    'http://0x7F.1/mcp',
  ],
  'valid DNS hostname': [
    '::1',
    'not_a_host!',
    'a_b.com',
    '-a.com',
    'a-.com',
    'a..b.com',
    '.com',
    'example.com.',
    'example .com',
    'münchen.de',
    `${'a'.repeat(64)}.org`,
    `${'a.'.repeat(127)}`,
    'http://',
    'https:///mcp',
    '://bad',
    'ftp://example.com/x',
    'http:example.com',
    'https://example.com:/mcp',
    'https://example.com?x=1',
    'https://example.com#f',
    'https://example.com:99999/mcp',
    'https://example.com:٤٤٣/mcp',
    'example.com:8443:1',
    'https://exa\tmple.com/mcp',
  ],
  reserved: [
    'localhost',
    'http://localhost:9000/mcp',
    'LOCALHOST',
    'mcp.localhost',
    'mcp.local',
    'metadata',
    'metadata.google.internal',
    'kubernetes.default.svc',
    'x.intranet',
    'x.corp',
    'x.home',
    'x.lan',
    '127.0.0.1.nip.io',
    'nip.io',
    'a.sslip.io',
    'xip.io',
    'a.traefik.me',
    'localtest.me',
    'a.lvh.me',
  ],
};

describe('a target (LIME contract §8.3)', () => {
  it.each(accepted)('%j is for %s at %s', (target, domain, url) => {
    expect(extractAndNormalizeDomain(target)).toBe(domain);
    expect(resolveMcpHttpUrl(target)).toBe(url);
  });

  it.each(Object.entries(refused).flatMap(([why, targets]) => targets.map((target) => [target, why])))(
    '%j is refused: %s',
    (target, why) => {
      for (const read of [extractAndNormalizeDomain, resolveMcpHttpUrl]) {
        const error = thrownBy(() => read(target));
        expect(error).toBeInstanceOf(LimeInputError);
        expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(why) });
      }
    },
  );

  it('with a blank after its scheme has a domain, and no URL', () => {
    expect(extractAndNormalizeDomain('https:// example.com/mcp')).toBe('example.com');
    expect(thrownBy(() => resolveMcpHttpUrl('https:// example.com/mcp'))).toBeInstanceOf(LimeInputError);
  });

  it.each(['https://example.com/a b', 'https://xn--0.example/mcp', 'https://foo.123/mcp'])(
    'that cannot be called is no URL: %j',
    (target) => {
      expect(thrownBy(() => resolveMcpHttpUrl(target))).toBeInstanceOf(LimeInputError);
    },
  );

  it.each([undefined, null, 42, {}, new URL('https://example.com')])('is a string, not %o', (target) => {
    expect(thrownBy(() => resolveMcpHttpUrl(target as string))).toBeInstanceOf(LimeInputError);
  });

  it('is not repeated in the error', () => {
    const error = thrownBy(() => resolveMcpHttpUrl('https://user:hunter2@example.com'));
    expect((error as Error).message).not.toContain('hunter2');
  });
});

describe('allowInsecureTargets', () => {
  const options = { allowInsecureTargets: true };

  it.each([
    ['localhost', 'localhost', 'https://localhost/mcp'],
    ['http://localhost:9000/mcp', 'localhost', 'http://localhost:9000/mcp'],
    ['http://127.0.0.1:9000/mcp', '127.0.0.1', 'http://127.0.0.1:9000/mcp'],
    ['10.0.0.1:8080', '10.0.0.1', 'https://10.0.0.1:8080/mcp'],
    ['http://[::1]:9000/mcp', '[::1]', 'http://[::1]:9000/mcp'],
    ['mcp.local', 'mcp.local', 'https://mcp.local/mcp'],
    ['https://tools.example.org/mcp', 'tools.example.org', 'https://tools.example.org/mcp'],
  ])('takes %j', (target, domain, url) => {
    expect(extractAndNormalizeDomain(target, options)).toBe(domain);
    expect(resolveMcpHttpUrl(target, options)).toBe(url);
  });

  it.each(['127.1', '2130706433', '0x7f000001', '1.2.3.4.5', '256.1.1.1', 'user@localhost', 'http://localhost:99999'])(
    'does not take %j',
    (target) => {
      expect(thrownBy(() => extractAndNormalizeDomain(target, options))).toBeInstanceOf(LimeInputError);
    },
  );

  it('is named by the errors that it would prevent, and by no others', () => {
    const message = (target: string) => (thrownBy(() => resolveMcpHttpUrl(target)) as Error).message;
    for (const target of ['localhost', '127.0.0.1']) expect(message(target)).toContain('allowInsecureTargets');
    expect(message('not_a_host!')).not.toContain('allowInsecureTargets');
  });
});
