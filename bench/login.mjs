// Logins: how many a second with many at once, how much of the CPU hashes, and what login() adds to the work itself.
import process from 'node:process';
import { LimeAgent } from '../dist/lime.js';
import { solve } from '../dist/pow.js';
import { startEmulator } from './emulator.mjs';
import { ratesOf, takeTurns } from './rounds.mjs';
import { median, quantile } from './statistics.mjs';
import { bar, table } from './terminal.mjs';

const DIFFICULTY = 15;
const IN_FLIGHT = 64;
/** Issue 4: milliseconds that login() takes longer than two bare fetches and the solve, median. */
const ADDED_MS = 2;
/** As long as some two hundred solves, to find out what a hash costs. */
const HASHES = 6_000_000;

export async function answer({ quick }) {
  const { rounds, logins, pairs } = quick
    ? { rounds: 5, logins: 128, pairs: 100 }
    : { rounds: 21, logins: 256, pairs: 500 };
  const emulator = await startEmulator();
  const { agentToken, apiBase: baseUrl } = emulator.lime;
  const agent = new LimeAgent({ agentToken, baseUrl });
  const ways = [
    { client: 'countersign', login: (id) => agent.login(id).then(({ proofOfWork }) => proofOfWork) },
    { client: 'bare', login: (id) => bareLogin(emulator.lime, id) },
  ];
  try {
    for (const { login } of ways) await loginsAtOnce(emulator, login, 'warm-up', logins);
    const turns = await takeTurns([...ways, { client: 'hashing' }], rounds, ({ login }, round) =>
      login ? loginsAtOnce(emulator, login, `round ${round}`, logins) : hashing(),
    );
    const cpuOfHash = turns.at(-1).map(({ cpuMs }) => cpuMs / HASHES);
    const results = ways.map(({ client }, i) => {
      const { median: loginsPerSecond, ...rates } = ratesOf(turns[i].map(({ ms }) => (logins * 1000) / ms));
      const shares = turns[i].map(({ hashes, cpuMs }, round) => (hashes * cpuOfHash[round]) / cpuMs);
      const cpuMs = median(turns[i].map(({ cpuMs }) => cpuMs / logins));
      return {
        client,
        inFlight: IN_FLIGHT,
        loginsPerSecond,
        ...rates,
        hashingShare: Number(median(shares).toFixed(4)),
        cpuMsPerLogin: Number(cpuMs.toFixed(3)),
      };
    });
    return { difficulty: DIFFICULTY, results, latency: await latency(emulator, ways, pairs) };
  } finally {
    await agent.close();
    await emulator.close();
  }
}

/** The two bare fetches and the solve, with nothing checked. */
async function bareLogin({ apiBase, agentToken }, requestId) {
  const asked = await fetch(`${apiBase}/auth/requests/${requestId}`);
  const { pow_challenge: challenge, pow_difficulty: difficulty } = (await asked.json()).data;
  const solution = await solve({ challenge, difficulty, timeoutMs: 60_000 });
  const approved = await fetch(`${apiBase}/modules/agent-login/requests/${requestId}/approve`, {
    method: 'POST',
    headers: { 'X-Agent-Token': agentToken, 'Content-Type': 'application/json' },
    body: JSON.stringify({ pow_nonce: solution.nonce }),
  });
  if (!(await approved.json()).ok) throw new Error('The login was not approved.');
  return solution;
}

/** New login requests. The same `name` gives the same challenges, so that each way has the same luck. */
async function createRequests({ control }, name, count) {
  const ids = [];
  for (let i = 0; i < count; i++) {
    const challenge = Buffer.from(`${name} ${i}`).toString('hex').padStart(32, '0');
    const request = { challenge, difficulty: DIFFICULTY };
    ids.push((await control('POST', 'lime/login-requests', request)).requestId);
  }
  return ids;
}

async function loginsAtOnce(emulator, login, name, count) {
  const ids = await createRequests(emulator, name, count);
  let hashes = 0;
  const lane = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      const solution = await login(id);
      hashes += solution.hashes;
    }
  };
  const { ms, cpuMs } = await timed(() => Promise.all(Array.from({ length: IN_FLIGHT }, lane)));
  return { hashes, ms, cpuMs };
}

/** Nothing but hashing, on one thread. */
function hashing() {
  return timed(async () => {
    const impossible = { difficulty: 200, maxDifficulty: 200 };
    await solve({ challenge: ''.padStart(32, '0'), ...impossible, maxHashes: HASHES, threads: 1 }).catch((error) => {
      if (error.code !== 'POW_TIMEOUT') throw error;
    });
  });
}

async function timed(work) {
  const start = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - start, cpuMs: (user + system) / 1000 };
}

/** One login after another, each way in turn with the same challenge. */
async function latency(emulator, ways, pairs) {
  const times = await takeTurns(ways, pairs, async ({ login }, pair) => {
    const [id] = await createRequests(emulator, `pair ${pair}`, 1);
    return (await timed(() => login(id))).ms;
  });
  const [ours, bare] = times;
  const added = ours.map((ms, pair) => ms - bare[pair]);
  const round = (ms) => Number(ms.toFixed(3));
  const percentiles = (all) => Object.fromEntries([50, 90, 99].map((p) => [`p${p}`, round(quantile(all, p / 100))]));
  return { pairs, login: percentiles(ours), bare: percentiles(bare), addedMs: round(median(added)) };
}

export function show({ runtime, cpu, results, latency }) {
  const most = Math.max(...results.map(({ loginsPerSecond }) => loginsPerSecond));
  const rows = results.map(({ client, loginsPerSecond, spread, hashingShare, cpuMsPerLogin }) => [
    client,
    loginsPerSecond,
    `±${(spread * 50).toFixed(1)} %`,
    cpuMsPerLogin.toFixed(2),
    `${(hashingShare * 100).toFixed(0)} %`,
    bar(loginsPerSecond / most),
  ]);
  const { login, bare, addedMs, pairs } = latency;
  const times = ({ p50, p90, p99 }) => [p50, p90, p99].map((ms) => ms.toFixed(2));
  return [
    `\nLogins at difficulty ${DIFFICULTY}, ${IN_FLIGHT} in flight, ${runtime}, ${cpu}`,
    table(['client', 'logins/s', 'spread', 'CPU ms a login', 'of it hashing', ''], rows),
    table(
      [`ms of one login, ${pairs} pairs`, 'p50', 'p90', 'p99'],
      [
        ['login()', ...times(login)],
        ['two fetches and the solve', ...times(bare)],
      ],
    ),
    table(
      ['ms that login() adds', 'at most', 'median', ''],
      [
        [
          'over two fetches and the solve',
          ADDED_MS.toFixed(0),
          addedMs.toFixed(2),
          addedMs <= ADDED_MS ? 'met' : 'missed',
        ],
      ],
    ),
  ].join('\n\n');
}

export function charts({ results }) {
  return {
    login: {
      title: `Logins a second at difficulty ${DIFFICULTY}, ${IN_FLIGHT} in flight`,
      height: { step: 22 },
      data: results.map(({ client, loginsPerSecond }) => ({
        label: client,
        rate: loginsPerSecond,
        ours: client === 'countersign',
      })),
      mark: 'bar',
      x: { field: 'rate', title: 'logins/s' },
      y: { field: 'label' },
      highlight: 'ours',
    },
  };
}
