// countersign/emulator: the three platforms as one fetch handler.
import { createEmulator, type Emulator, EmulatorError, type EmulatorOptions } from 'countersign/emulator';

const options: EmulatorOptions = { lime: { difficulty: 8 } };

export async function tour(request: Request): Promise<[Response, string]> {
  const emulator: Emulator = createEmulator(options);
  const { requestId } = emulator.lime.createLoginRequest({ difficulty: 4 });
  emulator.clock.advance(1000);
  const response = await emulator.fetch(request);
  emulator.reset();
  return [response, requestId];
}

export const isOurs = (error: unknown): boolean => error instanceof EmulatorError && error.code.length > 0;
