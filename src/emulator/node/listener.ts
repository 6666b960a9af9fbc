import type { RequestListener, ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { Emulator } from '../emulator.js';
import { failure, Refusal } from '../envelope.js';
import { isCuttable } from '../faults/cut.js';

/** The emulator as a listener of Node's HTTP server. Where its `fetch` rejects, the socket is destroyed. */
export function emulatorListener(emulator: Emulator): RequestListener {
  return getRequestListener(
    async (request, { outgoing }) => {
      try {
        return answerThatCuts(await emulator.fetch(request), outgoing);
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

type Outgoing = Pick<ServerResponse, 'destroyed' | 'headersSent'> & { destroy(): unknown };

/** The server would report a body that errors, and if it is early answer 500 in its place. Here the socket is cut. */
function answerThatCuts(answer: Response, outgoing: Outgoing): Response {
  if (answer.body === null || !isCuttable(answer.body)) return answer;
  const reader = answer.body.getReader();
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(controller) {
      const { value } = await reader.read().catch(() => new Promise<never>(() => {}));
      if (value === undefined) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  };
  // A client that does not read any more is cut off too.
  reader.closed.catch(async () => {
    // What came before the cut goes out first.
    while (!outgoing.headersSent && !outgoing.destroyed) await turn();
    await turn();
    outgoing.destroy();
  });
  // Nothing is taken ahead: what is taken from an event stream counts as delivered.
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), answer);
}
