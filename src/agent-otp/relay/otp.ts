import { type HttpPath, path } from '../../http/index.js';
import { parseDateTime } from '../../wire/date-time.js';
import { invalid, OTPApprovalDeniedError } from '../errors.js';
import { camelKeys, type Fields, isObject, malformed, readFields, unwrap } from '../fields.js';
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
  /** A text where it is no ISO 8601 date-time. */
  readonly receivedAt?: Date | string | undefined;
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

/** A code that was captured, encrypted for the key of its relay request (Agent OTP contract §2.5). */
export interface OTPDelivery {
  readonly requestId: string;
  /** What `encryptWithPublicKey` makes. */
  readonly encryptedPayload: string;
  readonly source: 'sms' | 'email' | 'whatsapp';
  readonly sender?: string | undefined;
  readonly subject?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly receivedAt?: Date | string | undefined;
}

/** What the server says of a delivery. Frozen. */
export interface OTPDelivered {
  /** `otp_received`. */
  readonly status: OTPStatus;
  readonly message?: string | undefined;
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
  const sent = send(platform, 'POST', relayPath(platform, id, '/consume'), { signal, spends: true }, readConsumed);
  const { encryptedPayload, encryptedContent, metadata } = await sent.catch(async (error) => {
    if (!maySpend(error)) throw error;
    throw await unknownUse(error, async () => (await status(platform, id, { signal })).status, 'consumed');
  });
  const code = await decryptOTPPayload(encryptedPayload, key, options);
  const fullMessage = await decryptContent(platform, encryptedContent, key, options);
  return Object.freeze({ code, ...(fullMessage === undefined ? {} : { fullMessage }), metadata });
}

/** The whole message, if it came along and can be read. The server has forgotten the code, which must not be lost for this. */
async function decryptContent(
  platform: Platform,
  content: unknown,
  key: CryptoKey,
  options: DecryptOptions,
): Promise<string | undefined> {
  if (content === undefined || content === null || content === '') return undefined;
  try {
    return await decryptOTPPayload(content as string, key, options);
  } catch {
    platform.debug('The full message that came with a code cannot be decrypted; the code can.');
    return undefined;
  }
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

/** Brings a code to its request. The server that takes it without a credential gets one all the same. */
export function deliver(platform: Platform, delivery: OTPDelivery, signal: AbortSignal): Promise<OTPDelivered> {
  const { requestId, encryptedPayload, source } = delivery;
  for (const [name, value] of Object.entries({ requestId, encryptedPayload, source })) {
    if (typeof value !== 'string' || value === '') throw invalid(name, 'must be a text');
  }
  const options = { signal, lane: 'agent+owner', json: platform.rules.spellKeys({ ...delivery }) } as const;
  return send(platform, 'POST', path('/webhooks/otp'), options, (json, status) =>
    // Of its fields, what is relied on is checked here; the rest is handed on.
    Object.freeze(readFields(unwrap(json), status, ['status']) as unknown as OTPDelivered),
  );
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
  if (isObject(metadata)) fields['metadata'] = readMetadata(metadata);
  return Object.freeze(fields) as OTPRequestResult;
}

function readConsumed(json: unknown, status: number) {
  const answer = unwrap(json);
  if (!isObject(answer)) throw malformed('', 'is no JSON object', status);
  const { encryptedPayload, encryptedContent, metadata, ...others } = camelKeys(answer);
  if (answer['status'] === 'denied' && encryptedPayload === undefined) throw denied(others);
  if (typeof encryptedPayload !== 'string') throw malformed('encryptedPayload', 'is no text', status);
  // Some servers put what they know of the code beside it (Agent OTP contract §2.6).
  return { encryptedPayload, encryptedContent, metadata: readMetadata(isObject(metadata) ? metadata : others) };
}

/** A denial is an answer like any other (Agent OTP contract §4.3), but not to one who wants the code. */
function denied({ id, reason }: Record<string, unknown>): OTPApprovalDeniedError {
  return new OTPApprovalDeniedError('OTP_APPROVAL_DENIED', 'The code was refused.', {
    requestId: typeof id === 'string' ? id : undefined,
    detail: { reason },
  });
}

/** What whoever captured the code says of it. A date-time that cannot be read stays as it came: mails have dates of any form. */
function readMetadata(metadata: Fields): OTPMetadata {
  const fields = camelKeys(metadata);
  for (const [name, text] of Object.entries(fields)) {
    if (name.endsWith('At') && typeof text === 'string') fields[name] = parseDateTime(text) ?? text;
  }
  return Object.freeze(fields) as OTPMetadata;
}
