import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';

const program = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));
const ATTEMPTS = 5;

/** The MCP project's own server with everything in it, as a process. It asks nobody for a token. */
export async function startEverything(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    // It cannot say which port it has, and so must be told one; by then it may be taken.
    const port = await freePort();
    const env = { ...process.env, PORT: String(port) };
    const child = spawn(process.execPath, [program, 'streamableHttp'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'exit');
    let said = '';
    const listening = new Promise<boolean>((resolve) => {
      child.stderr.on('data', (text) => {
        said += text;
        if (said.includes(`listening on port ${port}`)) resolve(true);
      });
      child.once('exit', () => resolve(false));
    });
    if (await listening) {
      const stop = async () => {
        child.kill('SIGKILL');
        await ended;
      };
      return { port, stop };
    }
    if (attempt === ATTEMPTS) throw new Error(`server-everything does not start: ${said}`);
  }
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A request that was let through. */
export interface Passed {
  readonly method: string;
  readonly claims: JWTPayload;
  readonly sessionId: string | undefined;
}

/** A server that lets through to `port` who has a token of the platform, as LIME contract §10.3 asks. */
export async function startGate(
  port: number,
  platform: { readonly origin: string; readonly apiBase: string },
): Promise<{
  readonly url: string;
  readonly passed: readonly Passed[];
  /** How many were turned away. */
  readonly refused: number;
  /** Takes no token any more that was issued until now. */
  revokeAll(): void;
  stop(): Promise<void>;
}> {
  const keys = createRemoteJWKSet(new URL(`${platform.apiBase}/core/.well-known/jwks.json`));
  const passed: Passed[] = [];
  const revoked = new Set<unknown>();
  let refused = 0;

  async function claimsOf({ headers }: IncomingMessage): Promise<JWTPayload | undefined> {
    const [, token] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
    if (token === undefined) return undefined;
    const options = { issuer: platform.origin, audience: 'mcp', algorithms: ['RS256'] };
    const { payload } = await jwtVerify(token, keys, options).catch(() => ({ payload: undefined }));
    return payload !== undefined && payload['domain'] === 'localhost' && !revoked.has(payload.jti)
      ? payload
      : undefined;
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const claims = await claimsOf(incoming);
    if (claims === undefined) {
      refused++;
      incoming.resume();
      outgoing.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    // The token ends here.
    const { authorization: _, ...headers } = incoming.headers;
    const { method = '', url } = incoming;
    passed.push({ method, claims, sessionId: String(headers['mcp-session-id'] ?? '') || undefined });
    const onward = request({ host: 'localhost', port, path: url, method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      outgoing.flushHeaders();
      response.pipe(outgoing);
      response.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }

  const server = createServer(answer).listen(0, 'localhost');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/mcp`,
    passed,
    get refused() {
      return refused;
    },
    revokeAll() {
      for (const { claims } of passed) revoked.add(claims.jti);
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
