import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import {
  EmulatorError,
  EmulatorInputError,
  EmulatorPortInUseError,
  type StartEmulatorOptions,
  type StartedEmulator,
  startEmulator,
} from '../../src/emulator/node/index.js';
import { listen } from '../../src/emulator/node/listen.js';

const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function start(options: StartEmulatorOptions = {}): Promise<StartedEmulator> {
  const started = await startEmulator(options);
  closing.push(started.close);
  return started;
}

async function occupy(host: string, port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(port, host);
  await once(server, 'listening');
  closing.push(async () => server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

describe('where it listens', () => {
  it('on 127.0.0.1 and ::1, on one port', async () => {
    const { url, port, console, lime } = await start();
    expect(url).toBe(`http://localhost:${port}`);
    expect(console).toBe(`${url}/`);
    expect(lime).toMatchObject({ origin: url, apiBase: `${url}/api/v1` });
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    if (hasIPv6) expect((await fetch(`http://[::1]:${port}/`)).status).toBe(200);
    expect((await fetch(console)).status).toBe(200);
  });

  it('says in one JSON object what the command prints', async () => {
    const { url, lime, ...started } = await start({ seed: 1 });
    const { agentToken, agentTokenWithoutMcp, siteToken } = started.emulator.lime;
    expect(JSON.parse(JSON.stringify({ ...started, url, lime }))).toEqual({
      url,
      console: `${url}/`,
      lime: {
        origin: url,
        apiBase: `${url}/api/v1`,
        agentToken,
        agentTokenWithoutMcp,
        siteToken,
        mcpUrl: `${url}/mcp`,
      },
      axme: expect.objectContaining({ baseUrl: `${url}/axme` }),
    });
  });

  it('on one address alone, if asked', async () => {
    const four = await start({ host: '127.0.0.1' });
    expect(four.url).toBe(`http://127.0.0.1:${four.port}`);
    if (!hasIPv6) return;
    const six = await start({ host: '::1' });
    expect((await fetch(six.console)).status).toBe(200);
    expect(six.url).toBe(`http://[::1]:${six.port}`);
  });

  it('warns when others can reach it', async () => {
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    for (const host of ['localhost', '127.0.0.1']) await start({ host, warn });
    expect(warnings).toEqual([]);
    const { url, port } = await start({ host: '0.0.0.0', warn });
    expect(warnings).toEqual([expect.stringMatching(/development and test tool.* 0\.0\.0\.0 /)]);
    expect(url).toBe(`http://127.0.0.1:${port}`);
  });

  it('says so when the port is taken, on either address, and leaves nothing', async () => {
    for (const host of hasIPv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
      const { port, server } = await occupy(host);
      const failure = startEmulator({ port });
      await expect(failure).rejects.toThrow(EmulatorPortInUseError);
      await expect(failure).rejects.toMatchObject({ code: 'EMULATOR_PORT_IN_USE', port });
      await new Promise((resolve) => server.close(resolve));
      expect((await start({ port })).port).toBe(port);
    }
  });

  it('looks for a port that is free on all addresses, but not for ever', async () => {
    // The second address is the first, so that every port is taken on it.
    const failure = listen(['127.0.0.1', '127.0.0.1'], 0, () => {});
    await expect(failure).rejects.toMatchObject({ code: 'EMULATOR_LISTEN_FAILED', cause: { code: 'EADDRINUSE' } });
  });

  it('refuses options and hosts that cannot be', async () => {
    for (const options of [{ port: -1 }, { port: 65_536 }, { port: 1.5 }, { host: '' }]) {
      await expect(startEmulator(options)).rejects.toThrow(EmulatorInputError);
    }
    const failure = startEmulator({ host: '192.0.2.1' });
    await expect(failure).rejects.toThrow(EmulatorError);
    await expect(failure).rejects.toMatchObject({ code: 'EMULATOR_LISTEN_FAILED' });
  });
});

describe('close', () => {
  it('ends at once with idle, half-sent and delayed requests, and frees the port', async () => {
    const { port, emulator, close, console } = await start();
    await (await fetch(console)).text();
    const sockets: Socket[] = [];
    for (const text of ['', 'POST /api/v1/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{']) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => {});
      socket.write(text);
      sockets.push(socket);
    }
    emulator.faults.add({ path: '*/slow', delayMs: 3_600_000 });
    const slow = fetch(`${console}api/v1/slow`);
    slow.catch(() => {});
    while (!emulator.requests.some(({ path }) => path.endsWith('/slow'))) await new Promise(setImmediate);

    const ended = sockets.map((socket) => once(socket.resume(), 'close'));
    const began = performance.now();
    await Promise.all([close(), close()]);
    expect(performance.now() - began).toBeLessThan(1000);
    await Promise.all(ended);
    await expect(slow).rejects.toThrow(TypeError);
    await expect(fetch(console)).rejects.toThrow(TypeError);
    expect((await start({ port })).port).toBe(port);
  });

  it('is what disposing does', async () => {
    const started = await startEmulator();
    await started[Symbol.asyncDispose]();
    await expect(fetch(started.console)).rejects.toThrow(TypeError);
  });

  it("leaves the program's own Request and Response alone", async () => {
    const [request, response] = [globalThis.Request, globalThis.Response];
    await start();
    expect(globalThis.Request).toBe(request);
    expect(globalThis.Response).toBe(response);
  });
});
