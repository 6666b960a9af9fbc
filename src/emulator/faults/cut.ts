/** The connection was cut. As with the platform's `fetch`, a TypeError. */
export class LostConnectionError extends TypeError {
  override readonly name = 'TypeError';

  constructor() {
    super('fetch failed: a fault of the emulator cut the connection.');
  }
}

/** The answer with its first part only; then the connection is cut. What is no stream of events is cut in half. */
export async function cutMidway(answer: Response): Promise<Response> {
  const isStream = answer.headers.get('Content-Type')?.startsWith('text/event-stream') === true;
  const whole = isStream ? undefined : new Uint8Array(await answer.arrayBuffer());
  const reader = answer.body?.getReader();
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = sent ? undefined : (whole?.subarray(0, whole.length / 2) ?? (await reader?.read())?.value);
      sent = true;
      if (part !== undefined && part.length > 0) return controller.enqueue(part);
      await reader?.cancel();
      controller.error(new LostConnectionError());
    },
    cancel: (reason) => reader?.cancel(reason),
  });
  return new Response(body, answer);
}
