// However a client is broken off, and whatever it was doing, nothing of it keeps the process alive.
import type { RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import { httpServer, json } from '../http/servers.js';
import { runProgram } from './program.js';

/** Says nothing, asks to come back later, has no stream, or opens one and sends an event. */
const gateway: RequestListener = (request, response) => {
  const { url = '' } = request;
  if (url.includes('/silent')) return;
  if (url.includes('/busy')) return json(503, {}, { 'retry-after': '30' })(request, response);
  if (url.includes('/polled') && url.includes('/stream')) return json(404, {})(request, response);
  if (!url.includes('/stream')) return json(200, { ok: true, events: [] })(request, response);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(`event: intent.submitted\ndata: ${JSON.stringify({ seq: 1, status: 'SUBMITTED' })}\n\n`);
};

const CALLS = [
  'a request',
  'a back-off',
  'a stream',
  'the back-off of a stream',
  'the wait between polls',
  'an event that nobody takes',
  'a listener',
  'a session',
  'an MCP call',
];

it('a client that is broken off leaves nothing, in whichever phase, and the process ends by itself', async () => {
  const server = await httpServer(gateway);
  const { lines, code, endedAfterMs } = await runProgram('ending.program.ts', [server.url]);
  expect(lines).toEqual([
    ...CALLS.map((phase) => `close in ${phase}: AxmeClosedError, 0 timers left`),
    'close in a heartbeat: ended, 0 timers left',
    ...CALLS.map((phase) => `abort in ${phase}: AbortError, 0 timers left`),
    'abort in a heartbeat: ended, 0 timers left',
  ]);
  expect(code).toBe(0);
  expect(endedAfterMs).toBeLessThan(10_000);
});
