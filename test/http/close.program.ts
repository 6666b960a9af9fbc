// Run as a process of its own by close.test.ts: it uses a client in every way, closes it, and should then end.
import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient, type HttpResponse, path } from '../../src/http/index.js';

const say = (line: string) => process.stdout.write(`${line}\n`);
const events = new EventEmitter();
const client = new HttpClient({
  baseUrl: process.argv[2] ?? '',
  scope: 'test',
  timeoutMs: 30_000,
  maxRetries: 3,
  hooks: { onRetry: () => events.emit('retry') },
});
const get = { method: 'GET', path: path('/'), repeatable: true, decode: ({ status }: HttpResponse) => status } as const;

say(`answered ${await client.request(get)}`);
const backingOff = once(events, 'retry');
const first = client.request(get).catch((error) => say(error.code));
await backingOff;
say('backing off');
const second = client.request(get).catch((error) => say(error.code));
await sleep(50);
say('in flight');
client.close();
say('closed');
await Promise.all([first, second]);
