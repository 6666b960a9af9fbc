/**
 * A copy of a body that tells of its chunks and of its end, and has what `last` gives as its last chunk. A body that breaks
 * off ends as well, so that what had arrived is read to its end and not thrown away.
 */
export function watchedStream(
  body: ReadableStream<Uint8Array>,
  {
    last,
    onChunk,
    onEnd,
  }: {
    readonly last: () => Uint8Array | undefined;
    readonly onChunk: () => void;
    readonly onEnd: () => void;
  },
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const chunk = await reader.read().catch(() => undefined);
      if (chunk?.value !== undefined) {
        onChunk();
        controller.enqueue(chunk.value);
        return;
      }
      onEnd();
      const more = last();
      if (more !== undefined) controller.enqueue(more);
      controller.close();
    },
    cancel(reason) {
      onEnd();
      return reader.cancel(reason);
    },
  });
}
