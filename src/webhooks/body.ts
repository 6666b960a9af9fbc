import { WebhookError, WebhookInputError, WebhookRefusedError } from './errors.js';

/** What a webhook came as: a `Request` that nobody has read, or its headers and the bytes of its body as they came. */
export type WebhookRequest =
  | Request
  | {
      readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
      readonly body: string | Uint8Array;
    };

/** A header by its lower-case name, whatever the headers came in; `''` if it is missing. */
export function readHeader({ headers }: WebhookRequest, name: string): string {
  if (headers instanceof Headers || typeof headers['get'] === 'function') {
    // Headers of another realm, or of another library, are no instance of ours.
    return (headers as unknown as Headers).get(name) ?? '';
  }
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return (typeof found === 'string' ? found : found?.join(' ')) ?? '';
}

/**
 * The bytes of the body, as they came: a signature is over them, not over what they mean.
 *
 * @throws {WebhookRefusedError} `WEBHOOK_BODY_TOO_LARGE`; the rest is not read, where the runtime lets it be.
 * @throws {WebhookError} `WEBHOOK_BODY_READ`: the request was read before.
 */
export async function readBody(request: WebhookRequest, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const { body } = request;
  if (typeof body === 'string') return bounded(new TextEncoder().encode(body), maxBytes);
  if (body instanceof Uint8Array) return bounded(new Uint8Array(body), maxBytes);
  if ('bodyUsed' in request && (request.bodyUsed || body?.locked)) {
    throw new WebhookError(
      'WEBHOOK_BODY_READ',
      'The body of the request was read before, so that its bytes are gone. Verify first and use what that returns, or pass { headers, body } with the raw bytes.',
    );
  }
  // Firefox's requests have no stream of their body: there it can be measured only once it has been read.
  if (body === undefined && 'arrayBuffer' in request) {
    return bounded(new Uint8Array(await request.arrayBuffer()), maxBytes);
  }
  if (body !== null && typeof body?.getReader !== 'function') {
    throw new WebhookInputError(
      'The request must be a Request, or { headers, body } with the raw body as text or bytes.',
    );
  }
  return readStream(body, maxBytes);
}

async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (length <= maxBytes) continue;
    reader?.cancel().catch(() => {});
    throw tooLarge(maxBytes);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function bounded(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

function tooLarge(maxBytes: number): WebhookRefusedError {
  return new WebhookRefusedError('WEBHOOK_BODY_TOO_LARGE', `The body of the webhook is longer than ${maxBytes} bytes.`);
}
