/** What is to be told of a stream. */
export interface StreamWatch {
  /** A JSON-RPC message that is put behind the last one. */
  readonly last?: object | undefined;
  readonly onChunk?: (() => void) | undefined;
  readonly onEnd: () => void;
}

/** The same answer, whose event stream is watched. Its body is put in the place of the old one: a new Response costs more. */
export function withBody(response: Response, watch: StreamWatch): Response {
  return Object.defineProperty(response, 'body', { value: watched(response.body!, watch) });
}

/** A stream that breaks off ends as well, so that what had arrived is read to its end and not thrown away. */
function watched(body: ReadableStream<Uint8Array>, { last, onChunk, onEnd }: StreamWatch): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const chunk = await reader.read().catch(() => undefined);
      if (chunk?.value !== undefined) {
        onChunk?.();
        controller.enqueue(chunk.value);
        return;
      }
      onEnd();
      if (last !== undefined) controller.enqueue(new TextEncoder().encode(`\n\ndata: ${JSON.stringify(last)}\n\n`));
      controller.close();
    },
    cancel(reason) {
      onEnd();
      return reader.cancel(reason);
    },
  });
}
