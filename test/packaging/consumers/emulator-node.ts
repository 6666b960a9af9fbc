// countersign/emulator/node: the emulator behind a port. Only for Node, Bun and Deno.
import { EmulatorPortInUseError, type StartedEmulator, startEmulator } from 'countersign/emulator/node';

export async function start(): Promise<[string, string]> {
  const started: StartedEmulator = await startEmulator({ port: 0 });
  const { url, lime } = started;
  await started.close();
  return [url, lime.agentToken];
}

export const isBusy = (error: unknown): boolean => error instanceof EmulatorPortInUseError;
