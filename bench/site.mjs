// What a site and an MCP server do all day: read events and verify tokens, against what does it bare.
import { createParser } from 'eventsource-parser';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { TokenVerifier } from '../dist/lime.js';
import { internals } from './internals.mjs';
import { ratesOf, takeTurns } from './rounds.mjs';
import { median } from './statistics.mjs';
import { bar, table } from './terminal.mjs';

/** Issue 5. */
const TARGETS = { events: 0.7, tokens: 0.9 };

const ISSUER = 'https://lime.example';
const DOMAIN = 'tools.example.org';
/** An approved login as LIME sends it, with a passport of the usual length. */
const frame = (i) =>
  `data: {"type":"approved","login_request_id":"${i}","status":"approved","agent_passport_jwt":"${'x'.repeat(800)}"}\n\n`;
const EVENTS = 2000;
/** What one read of a busy socket gives. */
const CHUNK = 65_536;
const TOKENS = 50;

export async function answer({ quick }) {
  const { rounds, ms, warmUpMs } = quick
    ? { rounds: 51, ms: 40, warmUpMs: 1000 }
    : { rounds: 401, ms: 40, warmUpMs: 3000 };
  const groups = [
    await readers('many a read', CHUNK, TARGETS.events),
    // What waiting for each costs. So many never come so.
    await readers('one a read', undefined, undefined),
    await verifiers(1),
    await verifiers(16),
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
async function readers(how, chunk, target) {
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
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent({ data }) {
        count += data ? 1 : 0;
      },
    });
    const reader = new Response(bodyOf(chunks)).body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return count;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  };
  if ((await ours()) !== EVENTS || (await theirs()) !== EVENTS) throw new Error('Events are missing.');
  return {
    what: `events, ${how}`,
    target,
    contenders: [
      { by: 'countersign', run: ours },
      { by: 'TextDecoder and eventsource-parser', run: theirs },
    ],
  };
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

async function verifiers(inFlight) {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const kid = 'bench';
  const keys = [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }];
  const sign = (jti) =>
    new SignJWT({ domain: DOMAIN, jti })
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(ISSUER)
      .setAudience('mcp')
      .setSubject('agent')
      .setIssuedAt()
      .setExpirationTime('1 day')
      .sign(privateKey);
  const tokens = await Promise.all(Array.from({ length: TOKENS }, (_, i) => sign(`${i}`)));

  const verifier = new TokenVerifier({
    baseUrl: ISSUER,
    expectedDomain: DOMAIN,
    fetch: async () => Response.json({ issuer: ISSUER, jwks_uri: '/keys', keys }),
  });
  const options = { algorithms: ['RS256'], issuer: ISSUER, audience: 'mcp', clockTolerance: 120 };
  const inLanes = (verify) => async () => {
    const left = [...tokens];
    const lane = async () => {
      for (let token = left.pop(); token !== undefined; token = left.pop()) await verify(token);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
    return tokens.length;
  };
  const ours = async (token) => {
    if (!(await verifier.verify(token)).isValid) throw new Error('A good token was refused.');
  };
  return {
    what: `tokens, ${inFlight} in flight`,
    target: TARGETS.tokens,
    contenders: [
      { by: 'countersign', run: inLanes(ours) },
      { by: 'jose, the key in hand', run: inLanes((token) => jwtVerify(token, publicKey, options)) },
    ],
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
    target?.toFixed(2) ?? '',
    ratio.toFixed(2),
    target === undefined ? '' : ratio >= target ? 'met' : 'missed',
    bestOf(what).toFixed(2),
  ]);
  return [
    `\nEvents read and MCP tokens verified a second, ${runtime}, ${cpu}`,
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
