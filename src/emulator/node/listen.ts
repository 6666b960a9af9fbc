import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EmulatorError, EmulatorPortInUseError } from '../errors.js';

/** Servers that listen on one port. */
export interface Listening {
  readonly port: number;
  /** Closes every server and every connection at once. */
  close(): Promise<void>;
}

/** How often another free port is looked for, when the first is taken on the second address. */
const MAX_ATTEMPTS = 20;

/**
 * Listens on every one of `addresses` that exists on this machine, all on one port; 0 takes any that is free on all.
 * `prepare` is called with each server before it listens.
 *
 * @throws {EmulatorPortInUseError} the port is taken on one of them.
 * @throws {EmulatorError} `EMULATOR_LISTEN_FAILED`: none of them exists, or listening is not permitted.
 */
export async function listen(
  addresses: readonly string[],
  port: number,
  listener: RequestListener,
  prepare: (server: Server) => void = () => {},
): Promise<Listening> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listenOnce(addresses, port, () => {
        const server = createServer(listener);
        prepare(server);
        return server;
      });
    } catch (cause) {
      const taken = errorCode(cause) === 'EADDRINUSE';
      if (taken && port !== 0) throw new EmulatorPortInUseError(port, { cause });
      if (!taken || attempt === MAX_ATTEMPTS) {
        throw new EmulatorError('EMULATOR_LISTEN_FAILED', `Could not listen on ${addresses.join(' and ')}.`, { cause });
      }
    }
  }
}

async function listenOnce(addresses: readonly string[], wanted: number, create: () => Server): Promise<Listening> {
  const servers: Server[] = [];
  const close = async () => {
    await Promise.all(servers.map(closeServer));
  };
  let port = wanted;
  let missing: unknown;
  for (const address of addresses) {
    try {
      const server = await listenOn(create(), address, port);
      servers.push(server);
      ({ port } = server.address() as AddressInfo);
    } catch (error) {
      if (!isMissingAddress(error)) {
        await close();
        throw error;
      }
      missing = error;
    }
  }
  if (servers.length === 0) throw missing;
  return { port, close };
}

function listenOn(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Whether the machine has no such address, as one without IPv6 has no `::1`. */
function isMissingAddress(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes(errorCode(error) ?? '');
}

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
