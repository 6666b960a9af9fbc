import { type HttpPath, path } from '../../http/index.js';
import { invalid } from '../errors.js';
import { isObject, malformed, readFields, unwrap } from '../fields.js';
import { unknownUse } from '../permissions.js';
import type { Platform, PlatformRequest } from '../platform.js';
import { maySpend } from '../translate.js';
import { exportPublicKey, importPrivateKey, type RelayKey } from './keys.js';
import { type DecryptOptions, decryptOTPPayload } from './payload.js';

/** What may become of a relay request (Agent OTP contract §3.7). */
export type OTPStatus =
  | 'pending_approval'
  | 'approved'
  | 'otp_received'
  | 'consumed'
  | 'denied'
  | 'expired'
  | 'cancelled'
  | (string & {});

/** A code that somebody was sent, to be handed to the agent (Agent OTP contract §2.5). */
export interface OTPRequest {
  /** Why, for the human: 1 to 500 characters. */
  readonly reason: string;
  /** The key to encrypt the code with, or its base64. */
  readonly publicKey: RelayKey | string;
  /** Who the message with the code should be from: up to 255 characters. */
  readonly expectedSender?: string | undefined;
  readonly filter?:
    | {
        readonly sources?: readonly ('sms' | 'email' | 'whatsapp')[] | undefined;
        /** `*` for any run, over the whole sender. */
        readonly senderPattern?: string | undefined;
        readonly contentPattern?: string | undefined;
        readonly receivedAfter?: Date | string | undefined;
      }
    | undefined;
  /** Seconds: 60 to 600. Default 300. */
  readonly ttlSeconds?: number | undefined;
  /** `ttlSeconds` under its published name. */
  readonly ttl?: number | undefined;
}

/** What is known of a code: it is not encrypted (Agent OTP contract §7). */
export interface OTPMetadata {
  readonly sender?: string | undefined;
  readonly source?: 'sms' | 'email' | 'whatsapp' | (string & {}) | undefined;
  readonly receivedAt?: Date | undefined;
  readonly [field: string]: unknown;
}

/** A relay request as the server tells of it. Frozen. */
export interface OTPRequestResult {
  readonly id: string;
  readonly status: OTPStatus;
  readonly approvalUrl?: string | undefined;
  /** The socket that tells of it: the server calls it so. */
  readonly webhookUrl?: string | undefined;
  readonly expiresAt?: Date | undefined;
  readonly createdAt?: Date | undefined;
  readonly metadata?: OTPMetadata | undefined;
  /** Why it was denied. */
  readonly reason?: string | undefined;
  readonly [field: string]: unknown;
}

/** A code, decrypted. Frozen. */
export interface ConsumedOTP {
  readonly code: string;
  /** The whole message, if it came along. */
  readonly fullMessage?: string | undefined;
  readonly metadata: OTPMetadata;
}

export async function request(platform: Platform, options: OTPRequest, signal: AbortSignal): Promise<OTPRequestResult> {
  const { reason, publicKey, expectedSender, filter = {} } = options;
  const ttl = options.ttlSeconds ?? options.ttl;
  if (typeof reason !== 'string' || reason === '') throw invalid('reason', 'must be a text');
  const { spellKeys } = platform.rules;
  const key = typeof publicKey === 'string' ? publicKey : await exportPublicKey(publicKey);
  return send(platform, 'POST', path(`${platform.rules.relay}/request`), {
    json: spellKeys({ reason, publicKey: key, expectedSender, filter: spellKeys(filter), ttl }),
    signal,
  });
}

export function status(
  platform: Platform,
  id: string,
  options: { readonly signal: AbortSignal; readonly poll?: boolean },
): Promise<OTPRequestResult> {
  return send(platform, 'GET', relayPath(platform, id), { ...options, repeatable: true });
}

/**
 * Fetches the code, which the server then forgets, and decrypts it.
 *
 * @throws {OutcomeUnknownError} the code may have been given out.
 */
export async function consume(
  platform: Platform,
  id: string,
  privateKey: RelayKey | string,
  options: DecryptOptions & { readonly signal: AbortSignal },
): Promise<ConsumedOTP> {
  const { signal } = options;
  // Before the server forgets the code: a bad key must not cost it.
  const key = typeof privateKey === 'string' ? await importPrivateKey(privateKey) : privateKey;
  const answer = await send(platform, 'POST', relayPath(platform, id, '/consume'), { signal }, readConsumed).catch(
    async (error) => {
      if (!maySpend(error)) throw error;
      throw await unknownUse(error, async () => (await status(platform, id, { signal })).status, 'consumed');
    },
  );
  const { encryptedPayload, encryptedContent, metadata } = answer;
  const code = await decryptOTPPayload(encryptedPayload, key, options);
  const fullMessage = encryptedContent && (await decryptOTPPayload(encryptedContent, key, options));
  return Object.freeze({ code, ...(fullMessage === undefined ? {} : { fullMessage }), metadata });
}

/** Withdraws a request. To withdraw it twice is to withdraw it once. */
export function cancel(platform: Platform, id: string, signal: AbortSignal): Promise<void> {
  return send(platform, 'DELETE', relayPath(platform, id), { signal, repeatable: true }, () => {});
}

/** Lets the human's side of a request go on, or not. */
export function decide(platform: Platform, id: string, verb: 'approve' | 'deny', signal: AbortSignal): Promise<void> {
  const options = { signal, lane: 'agent+owner', json: {} } as const;
  return send(platform, 'POST', relayPath(platform, id, `/${verb}`), options, () => {});
}

/** The path of a relay request, or of what is done to it. */
function relayPath(platform: Platform, id: string, verb: '' | '/consume' | '/approve' | '/deny' = ''): HttpPath {
  return path(`${platform.rules.relay}/{id}${verb}`, { id });
}

function send<T = OTPRequestResult>(
  platform: Platform,
  method: PlatformRequest<T>['method'],
  path: HttpPath,
  options: Pick<PlatformRequest<T>, 'signal'> & Partial<PlatformRequest<T>>,
  decode: PlatformRequest<T>['decode'] = readRequest as PlatformRequest<T>['decode'],
): Promise<T> {
  return platform.request({ method, path, lane: 'agent', repeatable: false, relay: true, ...options, decode });
}

function readRequest(json: unknown, status: number): OTPRequestResult {
  const fields = readFields(unwrap(json), status, ['id', 'status']);
  const metadata = fields['metadata'];
  if (isObject(metadata)) fields['metadata'] = Object.freeze(readFields(metadata, status));
  return Object.freeze(fields) as OTPRequestResult;
}

function readConsumed(json: unknown, status: number) {
  const { encryptedPayload, encryptedContent, metadata, ...others } = readFields(unwrap(json), status, [
    'encryptedPayload',
  ]);
  if (encryptedContent != null && typeof encryptedContent !== 'string')
    throw malformed('encryptedContent', 'is no text', status);
  // Some servers put what they know of the code beside it (Agent OTP contract §2.6).
  const about = isObject(metadata) ? readFields(metadata, status) : others;
  return {
    encryptedPayload: encryptedPayload as string,
    encryptedContent: encryptedContent || undefined,
    metadata: Object.freeze(about) as OTPMetadata,
  };
}
