// The story so far, against the emulator: a site creates a login request, an agent proves itself and is let in.
// `npm run demo` runs it on a fresh clone. It ends with status 0 only if every check came out true.
import { createHash } from 'node:crypto';
import { startEmulator } from 'countersign/emulator/node';
import { LimeAgent } from 'countersign/lime';
import { diagnose } from 'countersign/pow';
import { check, failures, heading, line } from './stage.mjs';

const emulator = await startEmulator();
const { apiBase, agentToken, siteToken } = emulator.lime;

heading('countersign demo');
line('platform', `LIME, emulated at ${apiBase}`);

// The agent hands its nonce to the platform and to nobody else, so the demo looks over its shoulder.
let sentNonce;
const watchingFetch = (url, init) => {
  if (init?.method === 'POST') sentNonce = JSON.parse(init.body).pow_nonce;
  return fetch(url, init);
};
const agent = new LimeAgent({ agentToken, baseUrl: apiBase, fetch: watchingFetch });

try {
  for (const difficulty of [15, 20]) await logIn(difficulty);
  const { runtime, cores, kernels } = await diagnose();
  heading('this machine');
  line('runtime', `${runtime} ${process.versions.node}, ${cores} cores`);
  for (const [kernel, rate] of Object.entries(kernels.rates)) {
    line(kernel, `${millions(rate)} hashes/s on one thread${kernel === kernels.best ? ', which is taken' : ''}`);
  }
} finally {
  await agent.close();
  await emulator.close();
}

heading(failures() === 0 ? 'Everything was true.' : `${failures()} checks failed.`);
process.exitCode = failures() === 0 ? 0 : 1;

async function logIn(difficulty) {
  emulator.emulator.lime.difficulty = difficulty;
  heading(`login at difficulty ${difficulty}`);

  const created = await site('POST', '/modules/agent-login/requests');
  const requestId = created.login_request_id;
  line('site', `created request ${requestId}, ${created.status}`);
  const { challenge } = emulator.emulator.lime.getLoginRequest(requestId);
  line('challenge', `${challenge}, ${difficulty} zero bits wanted`);

  const { status, proofOfWork } = await agent.login(requestId);
  const { kernel, transport, threads, hashes, elapsedMs, algorithm } = proofOfWork;
  line('solver', `${kernel} kernel, ${threads} ${threads === 1 ? 'thread' : 'threads'} (${transport})`);
  line(
    'work',
    `${hashes.toLocaleString('en-US')} hashes (2^${difficulty} = ${(2 ** difficulty).toLocaleString('en-US')} on average)`,
  );
  line(
    'time',
    `${elapsedMs.toFixed(1)} ms, ${millions((hashes * 1000) / elapsedMs)} hashes/s${difficulty === 15 ? ', thread start included' : ''}`,
  );
  line('agent', status);

  const digest = createHash('sha256')
    .update(`${algorithm === 'legacy' ? challenge : `lime:pow:v1\0${challenge}\0`}${sentNonce}`)
    .digest();
  const zeroBits = Math.clz32(digest.readUInt32BE(0));
  check(
    `node:crypto finds ${zeroBits} zero bits in the digest ${digest.toString('hex').slice(0, 16)}…`,
    zeroBits >= difficulty,
  );
  check(`the platform answered ${status}`, ['APPROVED', 'DELIVERED'].includes(status));
  const seen = await site('GET', `/modules/agent-login/requests/${encodeURIComponent(requestId)}`);
  check(`the site sees ${seen.status}`, ['APPROVED', 'DELIVERED'].includes(seen.status));
}

/** What a site does, until its own client is here. */
async function site(method, path) {
  const response = await fetch(apiBase + path, {
    method,
    headers: { 'X-Site-Token': siteToken, 'Content-Type': 'application/json' },
    ...(method === 'POST' && { body: '{}' }),
  });
  const { ok, data, error } = await response.json();
  if (!ok) throw new Error(`The platform refused ${method} ${path}: ${error.code}`);
  return data;
}

function millions(value) {
  return `${(value / 1e6).toFixed(1)} million`;
}
