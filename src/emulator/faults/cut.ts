/** The connection was cut. As with the platform's `fetch`, a TypeError. */
export class LostConnectionError extends TypeError {
  override readonly name = 'TypeError';

  constructor() {
    super('fetch failed: a fault of the emulator cut the connection.');
  }
}

const cuttable = new WeakSet<ReadableStream>();

/** A body that may end by the connection being cut: then it errors with a `LostConnectionError`. */
export function cuttableBody(
  source: UnderlyingDefaultSource<Uint8Array>,
  strategy?: QueuingStrategy<Uint8Array>,
): ReadableStream<Uint8Array> {
  const body = new ReadableStream(source, strategy);
  cuttable.add(body);
  return body;
}

/** Whether it was made by `cuttableBody`: servers must cut the connection where it errors. */
export function isCuttable(body: ReadableStream): boolean {
  return cuttable.has(body);
}

/** The answer with its head and the first half of its first part, so of its first event; then the connection is cut. */
export function cutMidway(answer: Response): Response {
  const reader = answer.body?.getReader();
  let sent = false;
  const body = cuttableBody({
    async pull(controller) {
      const part = sent ? undefined : (await reader?.read())?.value;
      sent = true;
      if (part !== undefined && part.length > 1) return controller.enqueue(part.subarray(0, part.length / 2));
      await reader?.cancel();
      controller.error(new LostConnectionError());
    },
    cancel: (reason) => reader?.cancel(reason),
  });
  return new Response(body, answer);
}
