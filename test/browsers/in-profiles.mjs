// A login under every content security policy, and two copies of the package on one page.
import { visit } from './in-contexts.mjs';
import { profiles } from './profiles.mjs';

const TIMEOUT_MS = 60_000;
const TRUSTED = "require-trusted-types-for 'script'";

const copies = [
  { name: 'two copies', expected: ['web-worker', 'web-worker'] },
  { name: 'two copies, Trusted Types', policy: TRUSTED, expected: ['web-worker', 'web-worker'] },
  {
    name: 'two copies, one policy',
    policy: `${TRUSTED}; trusted-types countersign`,
    needsTrustedTypes: true,
    expected: ['web-worker', 'same-thread'],
  },
  {
    name: 'two copies, duplicates allowed',
    policy: `${TRUSTED}; trusted-types countersign 'allow-duplicates'`,
    expected: ['web-worker', 'web-worker'],
  },
];

/**
 * @returns {Promise<object[]>} results as the suite's are, each with `how`, a short text for the table, and `skipped` where
 *   the browser lacks what it is about
 */
export async function runProfiles(options) {
  const results = [];
  for (const profile of profiles) results.push(await check(profile, () => logIn(profile, options)));
  for (const one of copies) results.push(await check(one, () => useCopies(one, options)));
  return results;
}

async function check({ name }, run) {
  const start = performance.now();
  const result = (more) => ({ area: 'csp', name, ms: Math.round(performance.now() - start), ...more });
  try {
    const how = await run();
    return result({ ok: true, skipped: how === NO_TRUSTED_TYPES, how });
  } catch (error) {
    return result({ ok: false, error: error.message });
  }
}

async function logIn({ policy, workerUrl, needsTrustedTypes, expected }, { browser, emulator, ...tools }) {
  const found = await visitUnder(policy?.(emulator.url), '/esm/profile.js', { emulator, workerUrl }, tools);
  if (needsTrustedTypes && !found.trustedTypes) return NO_TRUSTED_TYPES;
  const wasm = ['simd', 'scalar'];
  expect(['APPROVED', 'DELIVERED'].includes(found.status), 'it logs in', found);
  expect(found.sum === 5, 'it calls a tool of an MCP server', found);
  expect(found.transport === expected.transport, `the transport is ${expected.transport}`, found);
  expect(wasm.includes(found.kernel) === (expected.kernel === 'wasm'), `the kernel is of ${expected.kernel}`, found);
  const { available, failures, transport, why } = found.diagnosis;
  expect(transport === expected.transport, 'diagnose says the same transport', found);
  expect(expected.why ? expected.why.test(why) : why === undefined, 'diagnose says why', found);
  const runs = expected.kernel === 'wasm' ? [...wasm, 'js'] : ['js'];
  expect(available.join() === runs.join(), `the kernels are ${runs}`, found);
  for (const kernel of wasm) expect(available.includes(kernel) !== kernel in failures, `${kernel}: why not`, found);
  expect(found.turns >= 5, 'the page stays responsive', found);
  // WebKit does not report that it compiles no WebAssembly, and a browser without Trusted Types nothing about them.
  const reported = (directive) =>
    (directive !== 'script-src' || browser.name !== 'webkit') && (directive !== 'trusted-types' || found.trustedTypes);
  const blocked = (expected.blocked ?? []).filter(reported).join();
  expect(found.blocked.join() === blocked, `what the browser reports as blocked is ${blocked || 'nothing'}`, found);
  return `${found.kernel}, ${found.transport}`;
}

async function useCopies({ policy, needsTrustedTypes, expected }, { emulator, ...tools }) {
  const found = await visitUnder(policy, '/esm/copies.js', { emulator }, tools);
  if (needsTrustedTypes && !found.trustedTypes) return NO_TRUSTED_TYPES;
  expect(found.different, 'they are two', found);
  expect(found.transports.join() === expected.join(), `the transports are ${expected}`, found);
  expect(found.solved, 'both solve at the same time', found);
  expect(found.recognised, "each knows the other's errors", found);
  expect(found.statuses.length === 2 && found.statuses.every(Boolean), "each logs in with the other's solver", found);
  expect(
    found.lost.every((code) => code === 'POW_FAILED'),
    "each says that the other's solver is closed",
    found,
  );
  return expected.join(' + ');
}

const NO_TRUSTED_TYPES = 'has no Trusted Types';

function visitUnder(policy, script, context, { driven, server, left }) {
  const headers = policy === undefined ? {} : { 'content-security-policy': policy };
  const timeoutMs = Math.min(TIMEOUT_MS, left());
  const { url, outcome } = server.expect({ script, headers, context, timeoutMs });
  return visit(driven, url, outcome);
}

function expect(truth, what, found) {
  if (!truth) throw new Error(`Expected: ${what}. Found: ${JSON.stringify(found)}`);
}
