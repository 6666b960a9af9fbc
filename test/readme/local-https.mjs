// Loaded before a snippet: takes every https: request of the program to the emulator on this machine, so that a snippet can
// name the hosts that its readers would.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { Agent, buildConnector, fetch as fetchBy } from 'undici';

const { CA_FILE, TLS_PORT } = process.env;
const connect = buildConnector({ ca: readFileSync(CA_FILE, 'utf8') });
const dispatcher = new Agent({
  connect: (options, callback) =>
    connect({ ...options, hostname: '127.0.0.1', port: TLS_PORT, servername: options.hostname }, callback),
});
const own = globalThis.fetch;
globalThis.fetch = (url, init) =>
  new URL(url).protocol === 'https:' ? fetchBy(url, { ...init, dispatcher }) : own(url, init);
