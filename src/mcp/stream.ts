/** What is to be told of a stream. */
export interface StreamWatch {
  /** Gives a JSON-RPC message to put behind the last one, if there is to be one. */
  readonly last?: (() => object | undefined) | undefined;
  readonly onChunk?: (() => void) | undefined;
  readonly onEnd: () => void;
}

/**
 * The same answer, whose event stream is watched. All that the SDK does with a body is to pipe it into its decoder: doing
 * that ourselves costs less than a stream in between, which every call would pay for.
 */
export function watchStream(response: Response, watch: StreamWatch): Response {
  const reader = response.body!.getReader();
  const body: Pick<ReadableStream<Uint8Array>, 'pipeThrough'> = {
    pipeThrough({ readable, writable }) {
      void pump(reader, writable.getWriter(), watch);
      return readable;
    },
  };
  return Object.defineProperty(response, 'body', { value: body });
}

async function pump(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  { last, onChunk, onEnd }: StreamWatch,
): Promise<void> {
  try {
    for (;;) {
      // A stream that breaks off ends as well, so that what had arrived is read to its end and not thrown away.
      const { value } = await reader.read().catch(() => ({ value: undefined }));
      if (value === undefined) break;
      onChunk?.();
      await writer.write(value);
    }
    onEnd();
    const message = last?.();
    if (message !== undefined) await writer.write(new TextEncoder().encode(`\n\ndata: ${JSON.stringify(message)}\n\n`));
    await writer.close();
  } catch {
    // Nobody reads any more.
    onEnd();
    reader.cancel().catch(() => {});
  }
}
