// The agent's side of a login: it gets an id from the site, proves itself to LIME, and is let in by the site.
import { createHash } from 'node:crypto';
import { check, inOnePiece, line } from './scenes.mjs';

export async function logIn({ agent, siteUrl, difficulty, seen }) {
  const begun = await fetch(`${siteUrl}/login`, { method: 'POST' });
  const { requestId } = await begun.json();
  const cookie = begun.headers.get('set-cookie').split(';')[0];
  line('wants in', `and gets request ${requestId}`);

  const result = await agent.login(requestId);
  await inOnePiece(() => prove({ ...result, difficulty, seen }));

  const stranger = await fetch(`${siteUrl}/me`);
  check(`without a session the site answers ${stranger.status}`, stranger.status === 401);
  const home = await fetch(`${siteUrl}/me`, { headers: { cookie } });
  const { hello } = await home.json();
  line('is in', `“Hello, ${hello}.”`);
  check('the site knows which agent it is', home.ok && hello === (await agent.getProfile()).agentId);
}

/** Shows the work, and finds out by another SHA-256 whether it holds. */
function prove({ status, proofOfWork, difficulty, seen }) {
  const { kernel, transport, threads, hashes, elapsedMs, algorithm } = proofOfWork;
  const { pow_challenge: challenge } = seen.answer('pow_challenge');
  line('challenge', `${challenge}, ${difficulty} zero bits wanted`);
  line('solver', `${kernel} kernel, ${threads} ${threads === 1 ? 'thread' : 'threads'} (${transport})`);
  const count = (value) => value.toLocaleString('en-US');
  line('work', `${count(hashes)} hashes (2^${difficulty} = ${count(2 ** difficulty)} on average)`);
  const rate = `${(hashes / elapsedMs / 1000).toFixed(1)} million hashes/s`;
  line('time', `${elapsedMs.toFixed(1)} ms, ${rate}${difficulty === 15 ? ', thread start included' : ''}`);

  const { pow_nonce: nonce } = seen.body('pow_nonce');
  const digest = createHash('sha256')
    .update(`${algorithm === 'legacy' ? challenge : `lime:pow:v1\0${challenge}\0`}${nonce}`)
    .digest();
  const zeroBits = Math.clz32(digest.readUInt32BE(0));
  const hex = digest.toString('hex').slice(0, 16);
  check(`node:crypto finds ${zeroBits} zero bits in the digest ${hex}…`, zeroBits >= difficulty);
  check(`LIME answered ${status}`, ['APPROVED', 'DELIVERED'].includes(status));
}
