/// <reference lib="esnext.disposable" preserve="true" />
import { emitWarning } from 'node:process';
import * as v from 'valibot';
import { createEmulator } from '../create.js';
import { describeEmulator, type EmulatorDescription } from '../describe.js';
import type { Emulator, EmulatorOptions } from '../emulator.js';
import { checkInput } from '../input.js';
import { listen } from './listen.js';
import { emulatorListener } from './listener.js';
import { emulatorSockets } from './sockets.js';

export interface StartEmulatorOptions extends EmulatorOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /**
   * The address to listen on. Default `localhost`: 127.0.0.1 and, where it exists, ::1, on one port. Anything but
   * loopback is warned of: whoever reaches the emulator may do anything to it.
   */
  readonly host?: string | undefined;
  /** Receives the warning. Default: Node's `process.emitWarning`. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** An emulator that is served. */
export interface StartedEmulator extends EmulatorDescription {
  readonly port: number;
  readonly emulator: Emulator;
  /** What `countersign emulator --json` prints. */
  toJSON(): EmulatorDescription;
  /** Stops listening, cuts every connection and ends every session. May be called again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const addressSchema = v.object({
  port: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535)), 0),
  host: v.optional(v.pipe(v.string(), v.nonEmpty()), 'localhost'),
});

/**
 * Serves a new emulator on Node.
 *
 * @throws {EmulatorInputError} an option has the wrong type or range.
 * @throws {EmulatorPortInUseError} the port is taken.
 * @throws {EmulatorError} `EMULATOR_LISTEN_FAILED`: the host is not this machine's, or listening is not permitted.
 */
export async function startEmulator(options: StartEmulatorOptions = {}): Promise<StartedEmulator> {
  const { host, port } = checkInput(addressSchema, { host: options.host, port: options.port }, 'options');
  const emulator = createEmulator(options);
  const sockets = emulatorSockets(emulator);
  const listening = await listen(
    host === 'localhost' ? ['127.0.0.1', '::1'] : [host],
    port,
    emulatorListener(emulator),
    sockets.attach,
  );
  if (!isLoopback(host)) {
    const warn = options.warn ?? emitWarning;
    warn(
      `The countersign emulator is a development and test tool, and ${host} lets others than this machine reach it.`,
    );
  }
  const description = describeEmulator(emulator, `http://${urlHost(host)}:${listening.port}`);
  const closeAll = async () => {
    const ended = [listening.close(), emulator.close()];
    sockets.close();
    await Promise.all(ended);
  };
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= closeAll();
    return closed;
  };
  return {
    ...description,
    port: listening.port,
    emulator,
    toJSON: () => description,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** How a client on this machine spells the host. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
