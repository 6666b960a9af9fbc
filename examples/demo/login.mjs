// A site asks for a login, and the agent proves itself.
import { createHash } from 'node:crypto';
import { check, heading, line, millions } from './stage.mjs';

export async function logIn({ agent, emulator, difficulty, seen }) {
  emulator.emulator.lime.difficulty = difficulty;
  heading(`login at difficulty ${difficulty}`);

  const created = await site(emulator, 'POST', '/modules/agent-login/requests');
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

  const nonce = seen.body('pow_nonce').pow_nonce;
  const digest = createHash('sha256')
    .update(`${algorithm === 'legacy' ? challenge : `lime:pow:v1\0${challenge}\0`}${nonce}`)
    .digest();
  const zeroBits = Math.clz32(digest.readUInt32BE(0));
  check(
    `node:crypto finds ${zeroBits} zero bits in the digest ${digest.toString('hex').slice(0, 16)}…`,
    zeroBits >= difficulty,
  );
  check(`the platform answered ${status}`, ['APPROVED', 'DELIVERED'].includes(status));
  const after = await site(emulator, 'GET', `/modules/agent-login/requests/${encodeURIComponent(requestId)}`);
  check(`the site sees ${after.status}`, ['APPROVED', 'DELIVERED'].includes(after.status));
}

/** What a site does, until its own client is here. */
async function site(emulator, method, path) {
  const { apiBase, siteToken } = emulator.lime;
  const response = await fetch(apiBase + path, {
    method,
    headers: { 'X-Site-Token': siteToken, 'Content-Type': 'application/json' },
    ...(method === 'POST' && { body: '{}' }),
  });
  const { ok, data, error } = await response.json();
  if (!ok) throw new Error(`The platform refused ${method} ${path}: ${error.code}`);
  return data;
}
