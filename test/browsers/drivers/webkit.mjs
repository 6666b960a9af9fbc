// WebKitGTK: its own WebDriver, which starts its MiniBrowser, on an X server of ours.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;

/** @returns {Promise<import('../browsers.mjs').Driven>} */
export async function startWebKit({ webDriver, xServer }, { timeoutMs }) {
  const home = mkdtempSync(join(tmpdir(), 'countersign-webkit-'));
  const groups = [];
  const close = async () => {
    for (const group of groups.splice(0).reverse()) await group.end();
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', () => {
    for (const group of groups) group.kill();
    rmSync(home, { recursive: true, force: true });
  });
  try {
    const x = startGroup(xServer, ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp']);
    groups.push(x);
    const display = `:${await firstLine(x.child, timeoutMs)}`;
    const port = await freePort();
    // Nothing of the user's: settings, caches and the session bus are left alone.
    const env = { PATH: process.env.PATH, HOME: home, DISPLAY: display, XDG_RUNTIME_DIR: home, NO_AT_BRIDGE: '1' };
    groups.push(startGroup(webDriver, [`--port=${port}`], env));
    const base = `http://127.0.0.1:${port}`;
    const { sessionId, capabilities } = await newSession(base, timeoutMs);
    const session = `/session/${sessionId}`;
    return {
      version: capabilities.browserVersion,
      visit: async (url) => void (await command(base, 'POST', `${session}/url`, { url }, timeoutMs)),
      async close() {
        await command(base, 'DELETE', session, undefined, timeoutMs).catch(() => undefined);
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function newSession(base, timeoutMs) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await command(base, 'GET', '/status', undefined, timeoutMs);
      break;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(POLL_MS);
    }
  }
  return command(base, 'POST', '/session', { capabilities: {} }, timeoutMs);
}

/** One command of WebDriver. @returns the answer's `value` */
async function command(base, method, path, body, timeoutMs) {
  const response = await fetch(base + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`WebKitWebDriver, ${method} ${path}: ${value?.error} ${value?.message}`);
  return value;
}

/** A program in a process group of its own, so that what it starts ends with it. */
function startGroup(program, args, env = { PATH: process.env.PATH }) {
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true });
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const send = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It has ended already.
    }
  };
  return {
    child,
    kill: () => send('SIGKILL'),
    async end() {
      send('SIGTERM');
      await Promise.race([ended, sleep(3000)]);
      send('SIGKILL');
    },
  };
}

function firstLine(child, timeoutMs) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`Xvfb said nothing for ${timeoutMs / 1000} s.`)), timeoutMs);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Xvfb ended with code ${code}.`)));
    child.stdio[3].on('data', (piece) => {
      text += piece;
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.trim());
    });
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
