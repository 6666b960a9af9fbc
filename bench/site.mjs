// What a site and an MCP server do all day: read events, hand them to handlers, verify passports and tokens; against what
// does it bare.
import { createParser } from 'eventsource-parser';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { LimeSite, MemoryReplayStore, TokenVerifier } from '../dist/lime.js';
import { internals } from './internals.mjs';
import { ratesOf, takeTurns } from './rounds.mjs';
import { median } from './statistics.mjs';
import { bar, table } from './terminal.mjs';

/** Issue 5. */
const TARGETS = { events: 0.7, dispatch: 0.4, tokens: 0.9 };

const ISSUER = 'https://lime.example';
const DOMAIN = 'tools.example.org';
const SITE_TOKEN = 'bench';
/** An approved login as LIME sends it, with a passport of the usual length. */
const frame = (i) =>
  `data: {"type":"approved","login_request_id":"${i}","status":"approved","agent_passport_jwt":"${'x'.repeat(800)}"}\n\n`;
const EVENTS = 2000;
/** What one read of a busy socket gives. */
const CHUNK = 65_536;
const TOKENS = 50;

export async function answer({ quick }) {
  const { rounds, ms, warmUpMs } = quick
    ? { rounds: 31, ms: 40, warmUpMs: 600 }
    : { rounds: 401, ms: 40, warmUpMs: 3000 };
  const groups = [
    await readers('many a read', CHUNK),
    await readers('one a read', undefined),
    await handlers('plain', () => {}),
    await handlers('async', async () => {}),
    await passports(1),
    await passports(16),
    await tokens(1),
    await tokens(16),
  ];
  const results = [];
  const ratios = [];
  for (const { what, target, contenders } of groups) {
    for (const { run } of contenders) await keepRunning(run, warmUpMs);
    const turns = await takeTurns(contenders, rounds, ({ run }) => keepRunning(run, ms));
    for (const [i, { by }] of contenders.entries()) {
      const { median: perSecond, ...rates } = ratesOf(turns[i].map(({ count, ms }) => (count * 1000) / ms));
      results.push({ what, by, perSecond, ...rates });
    }
    const [ours, theirs] = turns.map((of) => of.map(({ count, ms }) => count / ms));
    const ratio = median(ours.map((rate, round) => rate / theirs[round]));
    ratios.push({ what, target, ratio: Number(ratio.toFixed(4)) });
  }
  return { results, ratios };
}

/**
 * Ours first, then what it is compared with; each `run` says how much it has done. `chunk` is how many bytes a read gives;
 * `undefined`: an event.
 */
async function readers(how, chunk) {
  const chunks = chunksOf(chunk);
  const { eventStream, HttpClient, path } = await internals('sse/index.ts', 'http/index.ts');
  const http = new HttpClient({
    baseUrl: ISSUER,
    scope: 'bench',
    timeoutMs: 30_000,
    maxRetries: 0,
    fetch: async () => new Response(bodyOf(chunks), { headers: { 'content-type': 'text/event-stream' } }),
  });
  const ours = async () => {
    let count = 0;
    for await (const { data } of eventStream({ http, path: path('/events'), reconnect: false })) count += data ? 1 : 0;
    return count;
  };
  const theirs = async () => {
    let count = 0;
    await readBare(chunks, ({ data }) => {
      count += data ? 1 : 0;
    });
    return count;
  };
  if ((await ours()) !== EVENTS || (await theirs()) !== EVENTS) throw new Error('Events are missing.');
  return {
    what: `events, ${how}`,
    target: TARGETS.events,
    contenders: [
      { by: 'countersign', run: ours },
      { by: 'TextDecoder and eventsource-parser', run: theirs },
    ],
  };
}

/** From the bytes of the site's stream to its handler, which `work` is. */
async function handlers(kind, work) {
  const chunks = chunksOf(CHUNK);
  const ours = async () => {
    let requests = 0;
    const site = new LimeSite({
      siteToken: SITE_TOKEN,
      baseUrl: ISSUER,
      // The second time there is nothing more.
      fetch: async () =>
        requests++ === 0
          ? new Response(bodyOf(chunks), { headers: { 'content-type': 'text/event-stream' } })
          : new Response(null, { status: 204 }),
    });
    let count = 0;
    await new Promise((resolve) => {
      site.onLogin((id, passport) => {
        if (id && passport && ++count === EVENTS) resolve();
        return work();
      });
    });
    await site.close();
    return count;
  };
  const theirs = async () => {
    let count = 0;
    await readBare(chunks, ({ data }) => {
      const { login_request_id: id, agent_passport_jwt: passport } = JSON.parse(data);
      if (id && passport) count++;
      work();
    });
    return count;
  };
  if ((await ours()) !== EVENTS || (await theirs()) !== EVENTS) throw new Error('Events are missing.');
  return {
    what: `events to a handler, ${kind}`,
    target: TARGETS.dispatch,
    contenders: [
      { by: 'countersign', run: ours },
      { by: 'the same with JSON.parse', run: theirs },
    ],
  };
}

async function readBare(chunks, onEvent) {
  const decoder = new TextDecoder();
  const parser = createParser({ onEvent });
  const reader = new Response(bodyOf(chunks)).body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
  }
}

function chunksOf(size) {
  const frames = Array.from({ length: EVENTS }, (_, i) => new TextEncoder().encode(frame(i)));
  if (size === undefined) return frames;
  const bytes = Buffer.concat(frames);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    Uint8Array.from(bytes.subarray(i * size, (i + 1) * size)),
  );
}

function bodyOf(chunks) {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      if (next < chunks.length) controller.enqueue(chunks[next++]);
      else controller.close();
    },
  });
}

async function passports(inFlight) {
  // Passports live for a minute or so and the bench runs longer: it is always the second after they were signed.
  const signedAt = Math.floor(Date.now() / 1000);
  const now = (signedAt + 1) * 1000;
  const audience = 'lime-site-login';
  const { publicKey, keys, sign } = await issuer((jti) => ({ sub: 'agent', aud: audience, request_id: jti }), {
    iat: signedAt,
    exp: signedAt + 60,
  });
  // A passport is good once, so each pass over them has a store of its own.
  let replays;
  const site = new LimeSite({
    siteToken: SITE_TOKEN,
    baseUrl: ISSUER,
    clock: { now: () => now, monotonic: () => performance.now(), sleep: (ms) => new Promise((r) => setTimeout(r, ms)) },
    replayStore: { claim: (id, ttlSeconds) => replays.claim(id, ttlSeconds) },
    fetch: async () => Response.json({ keys }),
  });
  const options = { algorithms: ['RS256'], issuer: ISSUER, audience, currentDate: new Date(now) };
  const lanes = inLanes(inFlight, await Promise.all(Array.from({ length: TOKENS }, (_, i) => sign(`${i}`))));
  return {
    what: `passports, ${inFlight} in flight`,
    target: TARGETS.tokens,
    contenders: [
      {
        by: 'countersign',
        run: () => {
          replays = new MemoryReplayStore();
          return lanes((passport, i) => site.verifyPassport(passport, { expectedRequestId: `${i}` }));
        },
      },
      { by: 'jose, the key in hand', run: () => lanes((passport) => jwtVerify(passport, publicKey, options)) },
    ],
  };
}

async function tokens(inFlight) {
  const iat = Math.floor(Date.now() / 1000);
  const { publicKey, keys, sign } = await issuer((jti) => ({ sub: 'agent', aud: 'mcp', domain: DOMAIN, jti }), {
    iat,
    exp: iat + 86_400,
  });
  const verifier = new TokenVerifier({
    baseUrl: ISSUER,
    expectedDomain: DOMAIN,
    fetch: async () => Response.json({ issuer: ISSUER, jwks_uri: '/keys', keys }),
  });
  const options = { algorithms: ['RS256'], issuer: ISSUER, audience: 'mcp', clockTolerance: 120 };
  const lanes = inLanes(inFlight, await Promise.all(Array.from({ length: TOKENS }, (_, i) => sign(`${i}`))));
  const ours = async (token) => {
    if (!(await verifier.verify(token)).isValid) throw new Error('A good token was refused.');
  };
  return {
    what: `tokens, ${inFlight} in flight`,
    target: TARGETS.tokens,
    contenders: [
      { by: 'countersign', run: () => lanes(ours) },
      { by: 'jose, the key in hand', run: () => lanes((token) => jwtVerify(token, publicKey, options)) },
    ],
  };
}

/** An issuer with one key, whose tokens have these claims and times. */
async function issuer(claimsOf, times) {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const kid = 'bench';
  const sign = (id) =>
    new SignJWT({ iss: ISSUER, ...claimsOf(id), ...times }).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  return { publicKey, keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }], sign };
}

/** Verifies all, so many at a time; says how many there were. */
function inLanes(inFlight, all) {
  return async (verify) => {
    let next = 0;
    const lane = async () => {
      while (next < all.length) {
        const i = next++;
        await verify(all[i], i);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    return all.length;
  };
}

async function keepRunning(run, ms) {
  const start = performance.now();
  let count = 0;
  let elapsed = 0;
  while (elapsed < ms) {
    count += await run();
    elapsed = performance.now() - start;
  }
  return { count, ms: elapsed };
}

export function show({ runtime, cpu, results, ratios }) {
  const rows = results.map(({ what, by, perSecond, spread }) => {
    const most = Math.max(...results.filter((other) => other.what === what).map((other) => other.perSecond));
    return [what, by, perSecond, `±${(spread * 50).toFixed(1)} %`, bar(perSecond / most)];
  });
  const bestOf = (wanted) => {
    const [ours, theirs] = results.filter(({ what }) => what === wanted);
    return ours.best / theirs.best;
  };
  const targets = ratios.map(({ what, target, ratio }) => [
    `countersign / bare: ${what}`,
    target.toFixed(2),
    ratio.toFixed(2),
    ratio >= target ? 'met' : 'missed',
    bestOf(what).toFixed(2),
  ]);
  return [
    `\nEvents read and handed to handlers, passports and MCP tokens verified a second, ${runtime}, ${cpu}`,
    table(['what', 'by', 'a second', 'spread', ''], rows),
    table(['ratio', 'at least', 'by rounds', '', 'by best rounds'], targets),
  ].join('\n\n');
}

export function charts({ ratios }) {
  return {
    site: {
      title: 'As fast as what it builds on (1 is as fast)',
      height: { step: 22 },
      data: ratios.map(({ what, ratio }) => ({ what, ratio, ours: true })),
      mark: 'bar',
      x: { field: 'ratio', title: 'countersign / bare' },
      y: { field: 'what' },
      highlight: 'ours',
    },
  };
}
