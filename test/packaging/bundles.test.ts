// What reaches a user's bundle: how large it is, and what has no business in it.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundle } from './bundle.js';
import { hostGlobals } from './globals.js';
import { root } from './packed.mjs';

const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  exports: Record<string, { default: string }>;
};
const FOR_NODE = ['./emulator/node', './package.json'];
const entries = Object.keys(exports)
  .filter((entry) => !FOR_NODE.includes(entry))
  .map((entry) => entry.replace('.', 'countersign'));

const all = (entry: string) => `export * from '${entry}';`;

describe('size, minified and compressed by gzip', () => {
  const split = { splitting: true };
  const worker = { conditions: ['workerd', 'worker'] };
  // The ceilings are what was measured, a little rounded up. README.md has the sizes that are wanted, and what is in each.
  it.each([
    ['the solver, in one file', all('countersign/pow'), 24_550, {}],
    ['a login, in one file', all('countersign/lime/login'), 35_400, {}],
    ['a login in a Worker, without the .wasm', all('countersign/lime/login'), 29_050, worker],
    ['LimeAgent', `export { LimeAgent } from 'countersign/lime';`, 43_550, split],
    ['a site with passports', `export { LimeSite } from 'countersign/lime';`, 29_950, split],
    ['AxmeClient', `export { AxmeClient } from 'countersign/axme';`, 22_650, split],
    ['AgentOtpClient', `export { AgentOtpClient } from 'countersign/agent-otp';`, 18_750, split],
    ['webhooks', all('countersign/webhooks'), 3600, {}],
    ['an error by the front door', `export { CountersignError } from 'countersign';`, 450, {}],
  ])('%s', async (what, contents, budget, options) => {
    const { gzipBytes, parts } = await bundle(contents, options);
    console.log(`${what}: ${gzipBytes} bytes of ${budget}`);
    expect(gzipBytes, `of what is in it, before compression:\n${parts.join('\n')}\n`).toBeLessThanOrEqual(budget);
  });
});

describe('bleeding', () => {
  it('the solver brings one hash function and nothing else', async () => {
    const { packages, text } = await bundle(all('countersign/pow'));
    expect(packages).toEqual(['@noble/hashes']);
    expect(text).not.toMatch(/login_request_id|Retry-After/i);
  });

  it('a login brings no MCP, no schema of its, no token library and no emulator', async () => {
    const { packages, text } = await bundle(all('countersign/lime/login'));
    expect(packages).toEqual(['@noble/hashes', 'valibot']);
    expect(text).not.toContain('__emulator');
  });

  it.each([
    ['LimeAgent', ['@noble/hashes', 'eventsource-parser', 'valibot']],
    ['LimeSite', ['eventsource-parser', 'jose', 'valibot']],
    ['TokenVerifier', ['jose', 'valibot']],
    ['AxmeClient', ['eventsource-parser']],
    ['AgentOtpClient', []],
    ['verifyPow', ['@noble/hashes']],
    ['CountersignError', []],
  ])('%s by the front door brings nothing of the others', async (name, expected) => {
    const { packages, text } = await bundle(`export { ${name} } from 'countersign';`, { splitting: true });
    expect(packages).toEqual(expected);
    for (const [owner, mark] of [
      ['AxmeClient', 'x-api-key'],
      ['AgentOtpClient', 'AGENT_OTP_API_KEY'],
      ['LimeSite', 'SITE_LOGIN_REQUEST_EXPIRED'],
    ] as const) {
      expect(text.includes(mark), `${name} has the marks of ${owner}`).toBe(name === owner);
    }
  });

  it('all of Agent OTP brings no package and no webhooks', async () => {
    const { packages, text } = await bundle(all('countersign/agent-otp'));
    expect(packages).toEqual([]);
    expect(text).not.toContain('webhook-signature');
  });

  it('all of AXME brings the parser of its streams; the check of arguments by a schema comes when it is asked for', async () => {
    const { packages } = await bundle(all('countersign/axme'), { splitting: true });
    expect(packages).toEqual(['eventsource-parser']);
    expect((await bundle(all('countersign/axme'))).packages).toEqual(['@cfworker/json-schema', 'eventsource-parser']);
  });

  it.each(['countersign/webhooks', 'countersign/errors'])('%s brings nothing but itself', async (entry) => {
    const { packages, text } = await bundle(all(entry));
    expect(packages).toEqual([]);
    expect(text).not.toContain('fetch');
  });

  it.each(['countersign/lime/hono', 'countersign/lime/express'])(
    '%s brings a middleware and nothing else',
    async (entry) => {
      const { packages, gzipBytes, text } = await bundle(all(entry));
      expect(packages).toEqual([]);
      expect(text).toContain('WWW-Authenticate');
      expect(gzipBytes).toBeLessThan(1500);
    },
  );

  it("countersign/lime/mcp-auth brings the errors of MCP's SDK and nothing else of it", async () => {
    const { packages, gzipBytes } = await bundle(all('countersign/lime/mcp-auth'));
    expect(packages).toEqual(['@modelcontextprotocol/sdk']);
    expect(gzipBytes).toBeLessThan(2500);
  });

  it.each(entries)('%s needs nothing of Node', async (entry) => {
    const { nodeModules } = await bundle(all(entry));
    expect(nodeModules).toEqual([]);
  });

  it('what an emulator behind a port needs of Node is seen', async () => {
    const { nodeModules } = await bundle(all('countersign/emulator/node'));
    expect(nodeModules).toContain('node:http');
  });
});

// What a runtime lacks is asked of `globalThis` first; these must be everywhere, or be guarded by `typeof`. The front door has what
// the other entries have.
it.each(entries.filter((entry) => entry !== 'countersign'))('the globals that %s names', async (entry) => {
  const { default: path } = exports[entry.replace('countersign', '.')]!;
  expect((await hostGlobals(path)).join(' ')).toMatchSnapshot();
});
