import type { RequestListener } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Emulator } from '../emulator.js';
import { failure, Refusal } from '../envelope.js';

/** The emulator as a listener of Node's HTTP server. Where its `fetch` rejects, the socket is destroyed. */
export function emulatorListener(emulator: Emulator): RequestListener {
  return getRequestListener(
    async (request, { outgoing }) => {
      try {
        return await emulator.fetch(request);
      } catch (error) {
        outgoing.destroy();
        throw error;
      }
    },
    {
      // A tool must not replace the program's own Request and Response.
      overrideGlobalObjects: false,
      errorHandler: (error) =>
        error instanceof RequestError
          ? failure(new Refusal(400, 'INVALID_REQUEST', 'The request cannot be read.'))
          : undefined,
    },
  );
}
