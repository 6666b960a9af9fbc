import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

it('the demo logs in, calls tools, finds every check true, and prints no token', { timeout: 90_000 }, async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [`${root}examples/demo/main.mjs`], {
    timeout: 60_000,
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/\nAll 17 checks were true\.\n$/);
  expect(stdout).toMatch(/█████ step 5 of 5/);
  expect(stdout).not.toMatch(/eyJ|at_[0-9a-f]{8}|st_[0-9a-f]{8}/);
});
