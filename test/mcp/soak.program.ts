// Bundled by soak.test.ts, and run in a process of its own with --expose-gc: <API root> <agent token> <MCP URL>.
// Prints one line of JSON each time that it has come to rest, and waits for a line before it goes on.
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { LimeAgent } from '../../src/lime/index.js';
import { countListeners } from './listeners.js';

const IN_FLIGHT = 16;
const CALLS = 5_000;

const [baseUrl, agentToken, url] = process.argv.slice(2) as [string, string, string];
const orders = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let warnings = 0;
process.on('warning', () => warnings++);

const agent = new LimeAgent({ agentToken, baseUrl, allowInsecureTargets: true, serializeMcpPerUrl: false });
// All calls share a signal, as those of a server that shuts down do.
const shutdown = new AbortController();
const listeners = countListeners(shutdown.signal);
const options = { signal: shutdown.signal };

/** One call in a hundred is given up, one lists, one hears of progress; the rest call tools. */
async function call(n: number): Promise<void> {
  switch (n % 100) {
    case 10: {
      const given = new AbortController();
      const slow = agent.callTool(url, 'slow', { durationMs: 5_000 }, { signal: given.signal });
      setTimeout(() => given.abort(), 5);
      return slow.then(fail, () => {});
    }
    case 20:
      await agent.listTools(url, options);
      return;
    case 30:
      await agent.callTool(url, 'slow', { durationMs: 10, steps: 2 }, { ...options, onProgress: () => {} });
      return;
    case 40:
      if (!(await agent.callTool(url, 'fail', {}, options)).isError) fail();
      return;
    default: {
      const { structuredContent } = await agent.callTool(url, 'add', { a: n, b: 1 }, options);
      if (structuredContent?.['sum'] !== n + 1) fail();
    }
  }
}

function fail(): never {
  throw new Error('A call did not end as it must.');
}

async function calls(count: number): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

/** What is held when nothing is done. */
async function rest(): Promise<void> {
  // What is collected may let go of more.
  for (let i = 0; i < 5; i++) {
    await sleep(20);
    globalThis.gc?.();
  }
  const { heapUsed } = process.memoryUsage();
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  process.stdout.write(`${JSON.stringify({ heapUsed, timers, listeners: listeners(), warnings })}\n`);
  await orders.next();
}

// Until all is compiled and cached: after 500 calls the heap still grew by 2 MB, whatever came then.
await calls(2_000);
await rest();
await calls(CALLS);
await rest();
await agent.close();
await rest();
orders.return?.();
process.stdin.destroy();
