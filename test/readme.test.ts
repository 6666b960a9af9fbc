import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

// A folder inside the project, so that `countersign` is found by the package's own name, as in a user's project.
const root = new URL('..', import.meta.url).pathname;
const folder = mkdtempSync(`${root}.readme-`);
afterAll(() => rmSync(folder, { recursive: true }));

const snippets = [...readFileSync(`${root}README.md`, 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, code]) => code!,
);
const expected = [
  /^APPROVED after \d+ hashes on the simd kernel\n$/,
  /got no complete answer/,
  /^\d+: \d+ hashes in [\d.]+ ms[\s\S]*true is true[\s\S]*Difficulty 24 takes \d+ ms/,
];

describe('the snippets of the README, pasted as they are', () => {
  it('are the ones that are expected', () => {
    expect(snippets).toHaveLength(expected.length);
  });

  it.each(snippets.map((code, i) => [i, code, expected[i]!] as const))('snippet %i runs', async (i, code, pattern) => {
    const file = `${folder}/snippet-${i}.mjs`;
    writeFileSync(file, code);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { timeout: 30_000 });
    expect(stderr).toBe('');
    expect(stdout).toMatch(pattern);
  });
});
