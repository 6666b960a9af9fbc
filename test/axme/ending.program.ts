// Run as a process of its own by ending.test.ts: it breaks off a client in each phase of what it does, in each way, and says
// how the call ended and what is left; then it should end by itself. The path of a request says what the server does.
import { setTimeout as sleep } from 'node:timers/promises';
import { AxmeClient } from '../../src/axme/index.js';

const [, , baseUrl] = process.argv;

/** What is under way when it is broken off. */
const PHASES: Record<string, (client: AxmeClient, signal: AbortSignal) => Promise<unknown>> = {
  'a request': (client, signal) => client.getIntent('silent', { signal }),
  'a back-off': (client, signal) => client.getIntent('busy', { signal }),
  'a stream': (client, signal) => client.waitFor('open', { signal, waitSeconds: 60, timeoutMs: 600_000 }),
  'the back-off of a stream': (client, signal) => client.waitFor('busy', { signal, timeoutMs: 600_000 }),
  'the wait between polls': (client, signal) => client.waitFor('polled', { signal, pollIntervalMs: 60_000 }),
  'an event that nobody takes': async (client, signal) => {
    const events = client.observe('open', { signal, timeoutMs: 600_000 });
    await events.next();
    await sleep(300);
    await events.next();
  },
  'a listener': async (client, signal) => {
    for await (const _ of client.listen('agent://acme/shop/open', { signal, timeoutMs: 600_000 }));
  },
  'a session': async (client, signal) => {
    for await (const _ of client.listenSession('open', { signal, timeoutMs: 600_000 }));
  },
  'an MCP call': (client, signal) => client.mcpListTools({ signal }),
  'a heartbeat': async (client, signal) => {
    client.mesh.startHeartbeat(60_000);
    signal.addEventListener('abort', () => client.mesh.stopHeartbeat());
  },
};

for (const how of ['close', 'abort'] as const) {
  for (const [phase, run] of Object.entries(PHASES)) {
    const client = new AxmeClient({ apiKey: 'axme_sa_test_0123456789', baseUrl, mcpEndpointPath: '/silent' });
    const controller = new AbortController();
    const outcome = run(client, controller.signal).then(
      () => 'ended',
      (error: unknown) => (error as Error).name,
    );
    await sleep(200);
    if (how === 'close') await client.close();
    else controller.abort();
    const ended = await outcome;
    await sleep(20);
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    console.log(`${how} in ${phase}: ${ended}, ${timers} timers left`);
  }
}
