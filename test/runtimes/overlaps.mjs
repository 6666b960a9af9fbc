// Requests to a Worker that overlap and share one module-global client: each must finish. On workerd a promise that one
// request made may never settle in another, so that each must ask the platform itself.
import { control } from '../conformance/emulator.mjs';
import { equal, ok } from '../conformance/expect.mjs';

const TIMEOUT_MS = 20_000;
/** How long the emulator keeps the request waiting that both make, so that they overlap. */
const DELAY_MS = 500;

/**
 * What two requests do at once, and the path that both ask the platform for, whoever's cache, flight, socket or stream it is
 * about; `*` stands for any run of characters.
 */
const overlaps = {
  issuesTokens: '/api/v1/modules/oauth/token',
  callsTools: '/mcp',
  verifiesPassports: '/api/v1/core/.well-known/jwks.json',
  verifiesTokens: '/api/v1/modules/oauth/.well-known/oauth-authorization-server',
  waitsForPermissionsBySocket: '/agent-otp/api/v1/permissions/*',
  waitsForPermissionsByPolling: '/agent-otp/api/v1/permissions/*',
  observesIntents: '/axme/v1/intents/*/events/stream',
  waitsForIntents: '/axme/v1/intents/*/events/stream',
};

/**
 * @param {(body: string) => Promise<Response>} ask sends a request to a Worker of hosts/shared-clients.mjs
 * @returns {Promise<object[]>} a result for each overlap
 */
export async function runOverlaps(ask, context) {
  const results = [];
  for (const [work, path] of Object.entries(overlaps)) {
    const start = performance.now();
    const error = await overlap(ask, context, work, path).then(() => undefined, String);
    const ms = Math.round(performance.now() - start);
    results.push({ area: 'shared client', name: `${work}InTwoRequestsAtOnce`, ok: error === undefined, ms, error });
  }
  return results;
}

async function overlap(ask, context, work, path) {
  const { lime, agentOtp, axme, url } = context.emulator;
  const body = JSON.stringify({ lime, agentOtp, axme, control: `${url}/__emulator`, work, path });
  await control(context, 'POST', '/faults', { path, delayMs: DELAY_MS });
  try {
    const answers = await Promise.all([answer(ask, body), answer(ask, body)]);
    for (const { done } of answers) equal(done, true, work);
    const most = Math.max(...answers.map(({ most }) => most));
    ok(most >= 2, `the requests did not overlap: ${most} at a time asked for ${path}`);
  } finally {
    await control(context, 'DELETE', '/faults');
  }
}

async function answer(ask, body) {
  let timer;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`a request hangs: not done after ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  });
  try {
    const response = await Promise.race([ask(body), tooLong]);
    const text = await response.text();
    ok(response.ok, `the Worker answered ${response.status}: ${text}`);
    return JSON.parse(text);
  } finally {
    clearTimeout(timer);
  }
}
