import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { clientFor, get } from './clients.js';
import { httpServer, json } from './servers.js';

it('keeps no more sockets at the server than there were calls at once, whatever the answers', async () => {
  const listeners = [
    json(200, { ok: true }),
    json(404, { ok: false }),
    json(503, { filler: 'x'.repeat(100_000) }),
    json(302, {}, { location: '/elsewhere' }),
  ];
  let next = 0;
  const server = await httpServer((request, response) => listeners[next++ % listeners.length]!(request, response));
  const client = clientFor(server.url, { maxRetries: 1, random: () => 0 });

  const concurrency = 4;
  const worker = async () => {
    for (let i = 0; i < 20; i++) {
      await client.request(get()).catch(() => {});
      // Node's fetch frees a socket at the end of the turn in which its body ended: to ask within it takes another one.
      await nextTurn();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  await expect.poll(() => server.sockets.size).toBeLessThanOrEqual(concurrency);
});
