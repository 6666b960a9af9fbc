import { type Clock, systemClock } from '../runtime/clock.js';
import { readBody, type WebhookRequest } from './body.js';
import { WebhookError, WebhookInputError, WebhookRefusedError } from './errors.js';
import type { ReplayStore } from './replay.js';
import { readAxmeSignatures, readSigned, required, type TimelessScheme, toHex, type WebhookScheme } from './scheme.js';
import { importSecret, type WebhookSecret } from './secret.js';

/** How a webhook is verified. */
export interface VerifyWebhookOptions {
  /** How it is signed. Default `'standard'`. */
  readonly scheme?: WebhookScheme | undefined;
  /** How many seconds ago, or in the future, it may have been signed, in schemes that say so. Default 300. */
  readonly toleranceSeconds?: number | undefined;
  /**
   * Remembers what has come, so that the same delivery is taken once. A sender that tries again signs again, and passes: know
   * it by its `id`. Only for schemes that say when it was signed. Default: none.
   */
  readonly replayStore?: ReplayStore | undefined;
  /** The longest body that is read, in bytes. Default 1 MiB. */
  readonly maxBytes?: number | undefined;
  /** Default: the runtime's own. */
  readonly clock?: Clock | undefined;
}

/** A webhook that is what it says. Frozen. */
export interface VerifiedWebhook {
  /** The id of the event, the same whenever it is sent again; `undefined` in schemes without one. */
  readonly id: string | undefined;
  /** When it was signed; `undefined` in schemes that do not say. */
  readonly timestamp: Date | undefined;
  /** The body as it came. */
  readonly body: Uint8Array;
  /** The body as JSON; `undefined` if it is none. */
  readonly payload: unknown;
}

/**
 * Verifies a webhook, by its raw bytes, in constant time.
 *
 * ```ts
 * const { id, payload } = await verifyWebhook(request, [newSecret, oldSecret], { replayStore });
 * ```
 *
 * @param secrets - One, or several while they are being rotated.
 * @throws {WebhookRefusedError} it is not to be trusted; `code` says why.
 * @throws {WebhookInputError} a secret or an option has the wrong form.
 * @throws {WebhookError} `WEBHOOK_BODY_READ`, or `REPLAY_STORE_FAILED` with what the store threw as its `cause`.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function verifyWebhook(
  request: WebhookRequest,
  secrets: WebhookSecret | readonly WebhookSecret[],
  options: VerifyWebhookOptions = {},
): Promise<VerifiedWebhook> {
  const { scheme = 'standard', toleranceSeconds = 300, maxBytes = 2 ** 20, clock = systemClock } = options;
  const given = typeof secrets === 'string' || secrets instanceof Uint8Array ? [secrets] : secrets;
  if (given.length === 0) throw new WebhookInputError('There must be a secret to verify a webhook with.');
  if (!(toleranceSeconds > 0)) throw new WebhookInputError('toleranceSeconds must be a number above 0.');

  if (scheme === 'x-webhook-signature' || scheme === 'x-axme-signature') checkNoReplayStore(scheme, options);
  if (scheme === 'x-webhook-signature') {
    if (!(await isSecret(required(request, scheme), given))) throw wrongSignature();
    return result(undefined, undefined, await readBody(request, maxBytes));
  }
  const keys = await Promise.all(given.map(importSecret));
  if (scheme === 'x-axme-signature') {
    const signatures = readAxmeSignatures(request);
    const body = await readBody(request, maxBytes);
    if (!(await isSigned(keys, signatures, body))) throw wrongSignature();
    return result(undefined, undefined, body);
  }
  const { id, timestamp, prefix, signatures } = readSigned(request, scheme);
  const ageSeconds = clock.now() / 1000 - timestamp;
  if (Math.abs(ageSeconds) > toleranceSeconds) throw outOfTime(ageSeconds);
  const body = await readBody(request, maxBytes);
  const content = concat(new TextEncoder().encode(prefix), body);
  if (!(await isSigned(keys, signatures, content))) throw wrongSignature();
  // Without an id, by what was signed: whoever sends it again may add signatures, or change their order.
  const claimed = id ?? toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', content)));
  await claim(options.replayStore, `${claimed}.${timestamp}`, toleranceSeconds - ageSeconds);
  return result(id, timestamp, body);
}

/** Whether a signature is that of one of the secrets. The content is hashed once a secret, however many signatures there are. */
async function isSigned(
  keys: readonly CryptoKey[],
  signatures: readonly Uint8Array<ArrayBuffer>[],
  content: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const macs = await Promise.all(keys.map((key) => crypto.subtle.sign('HMAC', key, content)));
  return isAmong(
    signatures,
    macs.map((mac) => new Uint8Array(mac)),
  );
}

/** Whether a header is one of the secrets. */
function isSecret(header: string, secrets: readonly WebhookSecret[]): Promise<boolean> {
  const texts = secrets.map((secret) =>
    typeof secret === 'string' ? new TextEncoder().encode(secret) : new Uint8Array(secret),
  );
  return isAmong([new TextEncoder().encode(header)], texts);
}

/** Whether one of `given` is one of `right`. All are compared, as hashes with a key of the moment, so that the time tells nothing. */
async function isAmong(
  given: readonly Uint8Array<ArrayBuffer>[],
  right: readonly Uint8Array<ArrayBuffer>[],
): Promise<boolean> {
  const key = await importSecret(crypto.getRandomValues(new Uint8Array(32)));
  const macs = await Promise.all(right.map((bytes) => crypto.subtle.sign('HMAC', key, bytes)));
  const pairs = macs.flatMap((mac) => given.map((bytes) => crypto.subtle.verify('HMAC', key, mac, bytes)));
  return (await Promise.all(pairs)).includes(true);
}

/** @throws {WebhookRefusedError} it was claimed before. @throws {WebhookError} the store failed. */
async function claim(store: ReplayStore | undefined, id: string, ttlSeconds: number): Promise<void> {
  if (store === undefined) return;
  let isFirst: boolean;
  try {
    // A second more than it would be let in for, and in whole seconds, as stores count them.
    isFirst = await store.claim(id, Math.ceil(ttlSeconds) + 1);
  } catch (cause) {
    if (cause instanceof WebhookError) throw cause;
    const message = 'The replay store failed, so that nobody knows whether the webhook came before; it was not let in.';
    throw new WebhookError('REPLAY_STORE_FAILED', message, { cause, retryable: true });
  }
  if (!isFirst) throw new WebhookRefusedError('WEBHOOK_REPLAYED', 'The webhook has come before.');
}

/** @throws {WebhookInputError} there is a store, which in a scheme without a time would have to remember for ever. */
function checkNoReplayStore(scheme: TimelessScheme, { replayStore }: VerifyWebhookOptions): void {
  if (replayStore === undefined) return;
  throw new WebhookInputError(
    `replayStore does not go with ${scheme}, which does not say when a webhook was signed: leave it out, and know what comes again by an id in the body.`,
  );
}

function outOfTime(ageSeconds: number): WebhookRefusedError {
  const [code, when] =
    ageSeconds > 0 ? (['WEBHOOK_TOO_OLD', 'ago'] as const) : (['WEBHOOK_IN_FUTURE', 'ahead'] as const);
  return new WebhookRefusedError(
    code,
    `The webhook was signed ${Math.round(Math.abs(ageSeconds))} s ${when}, which is beyond the tolerance. Check the clocks.`,
  );
}

function wrongSignature(): WebhookRefusedError {
  return new WebhookRefusedError('WEBHOOK_SIGNATURE', 'The webhook bears no signature of any of the secrets.');
}

function result(id: string | undefined, timestamp: number | undefined, body: Uint8Array<ArrayBuffer>): VerifiedWebhook {
  let payload: unknown;
  try {
    payload = JSON.parse(new TextDecoder().decode(body));
  } catch {
    // Its signature holds, and it need not be JSON: `body` has it as it came.
  }
  return Object.freeze({
    id,
    timestamp: timestamp === undefined ? undefined : new Date(timestamp * 1000),
    body,
    payload,
  });
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
