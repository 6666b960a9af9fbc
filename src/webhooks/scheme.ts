import { readHeader, type WebhookRequest } from './body.js';
import { WebhookRefusedError } from './errors.js';
import { fromBase64 } from './secret.js';

/**
 * How a webhook is signed.
 *
 * - `'standard'`: Standard Webhooks. `webhook-id`, `webhook-timestamp` and `webhook-signature: v1,<base64>`, of which there may
 *   be several; HMAC-SHA-256 over `id.timestamp.body`.
 * - `'x-otp-signature'`: `X-OTP-Signature: t=<seconds>,v1=<hex>`, of which there may be several; HMAC-SHA-256 over
 *   `t.body` (Agent OTP contract §6).
 * - `'x-axme-signature'`: `X-Axme-Signature: sha256=<hex>`, HMAC-SHA-256 over the body (AXME contract §2.11). It says nothing of
 *   the time, so that neither tolerance nor replay guard can hold: know what comes again by the `event_id` of the body.
 * - `'x-webhook-signature'`: the header `X-Webhook-Signature` is the secret itself, as Agent OTP's companions send it. It says
 *   nothing of the body or of the time, so that neither tolerance nor replay guard can hold: for old servers alone.
 */
export type WebhookScheme = 'standard' | 'x-otp-signature' | TimelessScheme;

/** Schemes that do not say when a webhook was signed. */
export type TimelessScheme = 'x-axme-signature' | 'x-webhook-signature';

/** What the headers of a webhook say. */
export interface Signed {
  /** The id of the event, where the scheme has one. */
  readonly id: string | undefined;
  /** Seconds since the Unix epoch. */
  readonly timestamp: number;
  /** What the signature is over, before the body. */
  readonly prefix: string;
  readonly signatures: readonly Uint8Array<ArrayBuffer>[];
}

/** Reads the headers. @throws {WebhookRefusedError} one is missing or has the wrong form. */
export function readSigned(request: WebhookRequest, scheme: Exclude<WebhookScheme, TimelessScheme>): Signed {
  if (scheme === 'x-otp-signature') {
    const parts = required(request, scheme)
      .split(',')
      .map((part) => part.trim());
    const timestamp = parts.find((part) => part.startsWith('t='))?.slice(2) ?? '';
    const signatures = decodeAll(parts, 'v1=', fromHex);
    return { id: undefined, timestamp: readTimestamp(timestamp, scheme), prefix: `${timestamp}.`, signatures };
  }
  const id = required(request, 'webhook-id');
  const timestamp = required(request, 'webhook-timestamp');
  const signatures = decodeAll(required(request, 'webhook-signature').split(/\s+/), 'v1,', fromBase64);
  return { id, timestamp: readTimestamp(timestamp, 'webhook-timestamp'), prefix: `${id}.${timestamp}.`, signatures };
}

/** The signatures of a webhook of AXME's, each over its body alone. @throws {WebhookRefusedError} the header is missing. */
export function readAxmeSignatures(request: WebhookRequest): Uint8Array<ArrayBuffer>[] {
  const parts = required(request, 'x-axme-signature').split(',');
  return decodeAll(
    parts.map((part) => part.trim()),
    'sha256=',
    fromHex,
  );
}

/** A header that must be there. @throws {WebhookRefusedError} it is missing. */
export function required(request: WebhookRequest, name: string): string {
  const value = readHeader(request, name);
  if (value !== '') return value;
  throw new WebhookRefusedError('WEBHOOK_HEADER_MISSING', `The webhook has no header ${name}.`);
}

function readTimestamp(text: string, header: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new WebhookRefusedError('WEBHOOK_HEADER_MALFORMED', `The header ${header} has no time in whole seconds.`);
}

/** The signatures of the version that is known; others may stand beside them. */
function decodeAll(
  parts: readonly string[],
  version: string,
  decode: (text: string) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer>[] {
  return parts.flatMap((part) => {
    if (!part.startsWith(version)) return [];
    try {
      return [decode(part.slice(version.length))];
    } catch {
      return [];
    }
  });
}

/** @throws {RangeError} it is no hex. */
function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw new RangeError('no hex');
  return Uint8Array.from(text.match(/../g)!, (pair) => Number.parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
