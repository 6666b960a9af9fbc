// What reaches a user's bundle: how large it is, and what has no business in it.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundle } from './bundle.js';
import { root } from './packed.mjs';

const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { exports: Record<string, unknown> };
const FOR_NODE = ['./emulator/node', './package.json'];
const entries = Object.keys(exports)
  .filter((entry) => !FOR_NODE.includes(entry))
  .map((entry) => entry.replace('.', 'countersign'));

describe('size, minified and compressed by gzip', () => {
  it.each([
    ['countersign/pow', 25_000],
    ['countersign/lime/login', 36_000],
    // With the validator of MCP's schemas, 8 kB, which bundlers that split leave out until a tool is called.
    ['countersign/axme', 30_000],
  ])('%s is at most %i bytes', async (entry, budget) => {
    const { gzipBytes, parts } = await bundle(entry);
    console.log(`${entry}: ${gzipBytes} bytes of ${budget}`);
    expect(gzipBytes, `of what is in it, before compression:\n${parts.join('\n')}\n`).toBeLessThanOrEqual(budget);
  });
});

describe('bleeding', () => {
  it('the solver brings one hash function and nothing else', async () => {
    const { packages, text } = await bundle('countersign/pow');
    expect(packages).toEqual(['@noble/hashes']);
    expect(text).not.toMatch(/login_request_id|Retry-After/i);
  });

  it('a login brings no MCP, no schema of its, no token library and no emulator', async () => {
    const { packages, text } = await bundle('countersign/lime/login');
    expect(packages).toEqual(['@noble/hashes', 'valibot']);
    expect(text).not.toContain('__emulator');
  });

  it.each(['countersign/lime/hono', 'countersign/lime/express'])(
    '%s brings a middleware and nothing else',
    async (entry) => {
      const { packages, gzipBytes, text } = await bundle(entry);
      expect(packages).toEqual([]);
      expect(text).toContain('WWW-Authenticate');
      expect(gzipBytes).toBeLessThan(1500);
    },
  );

  it("countersign/lime/mcp-auth brings the errors of MCP's SDK and nothing else of it", async () => {
    const { packages, gzipBytes } = await bundle('countersign/lime/mcp-auth');
    expect(packages).toEqual(['@modelcontextprotocol/sdk']);
    expect(gzipBytes).toBeLessThan(2500);
  });

  it.each(entries)('%s needs nothing of Node', async (entry) => {
    const { nodeModules } = await bundle(entry);
    expect(nodeModules).toEqual([]);
  });
});
