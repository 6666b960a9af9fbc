import { Refusal } from './envelope.js';

/** The longest request body that is read, in bytes. Challenges of many kilobytes fit, floods do not. */
export const MAX_BODY_BYTES: number = 256 * 1024;

/**
 * The request's body as JSON; `undefined` for an empty one.
 *
 * @throws {Refusal} 413 `PAYLOAD_TOO_LARGE`; 400 `INVALID_REQUEST` when it is not JSON in UTF-8.
 */
export async function readJson(request: Request): Promise<unknown> {
  return parseJson(await readBody(request));
}

/** The bytes of the request's body. @throws {Refusal} 413 `PAYLOAD_TOO_LARGE`. */
export async function readBody(request: Request, maxBytes = MAX_BODY_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  // Firefox's requests have no stream of their body.
  if (request.body === undefined) return bounded(new Uint8Array(await request.arrayBuffer()), maxBytes);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = request.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    length += part.value.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(part.value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function bounded(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, 'PAYLOAD_TOO_LARGE', `The body is longer than ${maxBytes} bytes.`);
}

/** See {@link readJson}. */
export function parseJson(bytes: Uint8Array<ArrayBuffer>): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'INVALID_REQUEST', 'The body is not JSON in UTF-8.');
  }
}
