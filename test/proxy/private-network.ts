import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createEmulator, type Emulator } from '../../src/emulator/index.js';
import { emulatorListener } from '../../src/emulator/node/listener.js';
import { createAuthority } from './certificates.js';

/** The names under which the emulator is served. They lead nowhere but through the proxy. */
export const HOSTS = ['lime.pics', 'lime.staging.example', 'tools.example.org'];

/** An emulator behind TLS of a private CA, and a CONNECT proxy that is the only way to it. */
export interface PrivateNetwork {
  readonly emulator: Emulator;
  readonly proxyUrl: string;
  /** A file with the CA's certificate, PEM. */
  readonly caFile: string;
  readonly ca: string;
  /** The port of 127.0.0.1 on which the emulator speaks TLS. */
  readonly tlsPort: number;
  /** What the proxy was asked to connect to, in order. */
  readonly connects: string[];
  close(): Promise<void>;
}

export async function openPrivateNetwork(): Promise<PrivateNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-ca-'));
  const authority = createAuthority();
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, authority.cert);

  const emulator = createEmulator();
  const sockets = new Set<Duplex>();
  const tls = createTlsServer(authority.issue(HOSTS), emulatorListener(emulator));
  const tlsPort = await listen(tls, sockets);

  const connects: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on('connect', ({ url = '' }, client, head) => {
    connects.push(url);
    if (!HOSTS.some((host) => url === `${host}:443`)) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const server = connect(tlsPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      server.write(head);
      server.pipe(client).pipe(server);
    });
    server.on('error', () => client.destroy());
    client.on('error', () => server.destroy());
  });
  const proxyUrl = `http://127.0.0.1:${await listen(proxy, sockets)}`;

  return {
    emulator,
    proxyUrl,
    caFile,
    ca: authority.cert,
    tlsPort,
    connects,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([tls, proxy].map((server) => new Promise((resolve) => server.close(resolve))));
      await emulator.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function listen(server: Server, sockets: Set<Duplex>): Promise<number> {
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
