// Run as a process of its own by close.test.ts: it waits in every way, ends each wait, and should then end itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { AgentOtpClient, type WebSocketConstructor } from '../../src/agent-otp/index.js';

const say = (line: string) => process.stdout.write(`${line}\n`);
const [baseUrl = '', apiKey = '', mute = '', deaf = ''] = process.argv.slice(2);

const sockets: WebSocket[] = [];
class Counted extends WebSocket {
  constructor(url: string) {
    super(url);
    sockets.push(this);
  }
}
const options = { apiKey, baseUrl, WebSocket: Counted as WebSocketConstructor };
/** A server of pending permissions, whose socket is at `url`. */
const offering = (url: string) => ({
  ...options,
  fetch: async () => Response.json({ id: 'p', status: 'pending', websocket_url: url.replace('http', 'ws') }),
});

const clients = {
  'the request is in flight': new AgentOtpClient({ ...options, baseUrl: mute }),
  'polling is put off': new AgentOtpClient({ ...options, WebSocket: false }),
  'the socket is open': new AgentOtpClient(options),
  'the socket is being opened': new AgentOtpClient(offering(mute)),
  'the other side of the socket is deaf': new AgentOtpClient(offering(deaf)),
};
const ask = { action: 'a', waitForApproval: true } as const;
const waits = Object.entries(clients).map(([phase, client]) =>
  client.requestPermission(ask).catch((error) => say(`${phase}: ${error.code}`)),
);
const controller = new AbortController();
const { signal } = controller;
waits.push(
  new AgentOtpClient(options).requestPermission({ ...ask, signal }).catch((reason) => say(`aborted: ${reason}`)),
);

while (sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length < 3) await sleep(10);
controller.abort('enough');
for (const client of Object.values(clients)) await client.close();
await Promise.all(waits);
say('closed');
