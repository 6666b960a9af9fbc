// Tool calls a second through LimeAgent, against the bare client of the MCP SDK on the same server.
import process from 'node:process';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { LimeAgent } from '../dist/lime.js';
import { startEmulator } from './emulator.mjs';
import { ratesOf, takeTurns } from './rounds.mjs';
import { median } from './statistics.mjs';
import { bar, table } from './terminal.mjs';

/** Issue 4: calls a second, through the facade over bare. */
const TARGET = 0.9;

/** One call after another, as the facade makes them by default, and more at once. */
const IN_FLIGHT = [1, 16];

export async function answer({ quick }) {
  // Short turns: what else the machine does then meets both alike.
  const { rounds, ms, warmUpMs } = quick
    ? { rounds: 41, ms: 80, warmUpMs: 1500 }
    : { rounds: 151, ms: 150, warmUpMs: 4000 };
  // The bare client's requests share one signal, and the runtime takes that for a leak.
  process.removeAllListeners('warning');
  const emulator = await startEmulator();
  try {
    // The bare client cannot get a new token.
    await emulator.control('PATCH', 'lime/settings', { tokenLifetimeSeconds: 86_400 });
    const results = [];
    const ratios = [];
    for (const inFlight of IN_FLIGHT) {
      const contenders = [facade(emulator, inFlight), await bare(emulator)];
      for (const { call } of contenders) await keepCalling(call, inFlight, warmUpMs);
      const turns = await takeTurns(contenders, rounds, ({ call }) => keepCalling(call, inFlight, ms));
      for (const [i, { client, close }] of contenders.entries()) {
        await close();
        const { median: callsPerSecond, ...rates } = ratesOf(turns[i].map(({ calls, ms }) => (calls * 1000) / ms));
        const cpuMs = median(turns[i].map(({ calls, cpuMs }) => cpuMs / calls));
        results.push({ client, inFlight, callsPerSecond, ...rates, cpuMsPerCall: Number(cpuMs.toFixed(4)) });
      }
      const [ours, theirs] = turns.map((of) => of.map(({ calls, ms }) => calls / ms));
      ratios.push({ inFlight, ratio: Number(median(ours.map((rate, round) => rate / theirs[round])).toFixed(4)) });
    }
    return { results, ratios };
  } finally {
    await emulator.close();
  }
}

function facade({ lime }, inFlight) {
  const agent = new LimeAgent({
    agentToken: lime.agentToken,
    baseUrl: lime.apiBase,
    allowInsecureTargets: true,
    serializeMcpPerUrl: inFlight === 1,
  });
  return {
    client: 'countersign',
    call: (text) => agent.callTool(lime.mcpUrl, 'echo', { text }),
    close: () => agent.close(),
  };
}

async function bare({ lime }) {
  const agent = new LimeAgent({ agentToken: lime.agentToken, baseUrl: lime.apiBase, allowInsecureTargets: true });
  const { accessToken } = await agent.getMcpAccessToken(lime.mcpUrl);
  await agent.close();
  const client = new Client({ name: 'bench', version: '1.0.0' });
  const requestInit = { headers: { authorization: `Bearer ${accessToken}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(lime.mcpUrl), { requestInit }));
  return {
    client: 'mcp-sdk',
    call: (text) => client.callTool({ name: 'echo', arguments: { text } }),
    close: () => client.close(),
  };
}

/** So many calls at a time for about so long. */
async function keepCalling(call, inFlight, ms) {
  const start = performance.now();
  const cpu = process.cpuUsage();
  let calls = 0;
  const lane = async () => {
    while (performance.now() - start < ms) {
      const text = `call ${calls++}`;
      const { content } = await call(text);
      if (content[0]?.text !== text) throw new Error('The echo is wrong.');
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const { user, system } = process.cpuUsage(cpu);
  return { calls, ms: performance.now() - start, cpuMs: (user + system) / 1000 };
}

export function show({ runtime, cpu, results, ratios }) {
  const most = Math.max(...results.map(({ callsPerSecond }) => callsPerSecond));
  const rows = results.map(({ client, inFlight, callsPerSecond, spread, cpuMsPerCall }) => [
    client,
    inFlight,
    callsPerSecond,
    `±${(spread * 50).toFixed(1)} %`,
    cpuMsPerCall.toFixed(3),
    bar(callsPerSecond / most),
  ]);
  const best = (wanted, inFlight) =>
    results.find((result) => result.client === wanted && result.inFlight === inFlight).best;
  const targets = ratios.map(({ inFlight, ratio }) => [
    `countersign / mcp-sdk, ${inFlight} in flight`,
    TARGET.toFixed(2),
    ratio.toFixed(2),
    ratio >= TARGET ? 'met' : 'missed',
    (best('countersign', inFlight) / best('mcp-sdk', inFlight)).toFixed(2),
  ]);
  return [
    `\nTool calls a second on one MCP server, ${runtime}, ${cpu}`,
    table(['client', 'in flight', 'calls/s', 'spread', 'CPU ms a call', ''], rows),
    table(['ratio', 'at least', 'by rounds', '', 'by best rounds'], targets),
  ].join('\n\n');
}

export function charts({ results }) {
  return {
    mcp: {
      title: 'Tool calls a second on one MCP server',
      height: { step: 22 },
      data: results.map(({ client, inFlight, callsPerSecond }) => ({
        label: `${client}, ${inFlight} in flight`,
        rate: callsPerSecond,
        ours: client === 'countersign',
      })),
      mark: 'bar',
      x: { field: 'rate', title: 'calls/s' },
      y: { field: 'label' },
      highlight: 'ours',
    },
  };
}
