import { type Clock, systemClock } from '../runtime/clock.js';
import { toHex, type WebhookScheme } from './scheme.js';
import { importSecret, type WebhookSecret } from './secret.js';

/** What a test webhook is like. */
export interface SignTestWebhookOptions {
  /** How it is signed. Default `'standard'`. */
  readonly scheme?: WebhookScheme | undefined;
  /** The id of the event. Default: a new one. */
  readonly id?: string | undefined;
  /** When it is signed. Default: now. */
  readonly timestamp?: Date | undefined;
  /** Where it is sent. Default `http://localhost/`. */
  readonly url?: string | undefined;
  /** Default: the runtime's own. */
  readonly clock?: Clock | undefined;
}

/**
 * A webhook as a sender would send it, for the tests of those who receive: a `POST` with a signed body.
 *
 * @param payload - The body: text as it is, anything else as JSON.
 * @param secrets - One, or several, each of which signs.
 * @throws {WebhookInputError} a secret has the wrong form.
 */
export async function signTestWebhook(
  payload: unknown,
  secrets: WebhookSecret | readonly WebhookSecret[],
  options: SignTestWebhookOptions = {},
): Promise<Request> {
  const {
    scheme = 'standard',
    id = `msg_${crypto.randomUUID()}`,
    url = 'http://localhost/',
    clock = systemClock,
  } = options;
  const given = typeof secrets === 'string' || secrets instanceof Uint8Array ? [secrets] : secrets;
  const seconds = Math.floor((options.timestamp?.getTime() ?? clock.now()) / 1000);
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const sign = async (prefix: string) => {
    const content = new TextEncoder().encode(prefix + body);
    const macs = given.map(async (secret) => crypto.subtle.sign('HMAC', await importSecret(secret), content));
    return (await Promise.all(macs)).map((mac) => new Uint8Array(mac));
  };
  const headers = new Headers({ 'content-type': 'application/json' });
  if (scheme === 'standard') {
    const signatures = (await sign(`${id}.${seconds}.`)).map((mac) => `v1,${btoa(String.fromCharCode(...mac))}`);
    headers.set('webhook-id', id);
    headers.set('webhook-timestamp', String(seconds));
    headers.set('webhook-signature', signatures.join(' '));
  } else if (scheme === 'x-otp-signature') {
    const signatures = (await sign(`${seconds}.`)).map((mac) => `v1=${toHex(mac)}`);
    headers.set(scheme, [`t=${seconds}`, ...signatures].join(','));
  } else if (scheme === 'x-axme-signature') {
    headers.set(scheme, (await sign('')).map((mac) => `sha256=${toHex(mac)}`).join(','));
  } else {
    const [secret = ''] = given;
    headers.set(scheme, typeof secret === 'string' ? secret : new TextDecoder().decode(secret));
  }
  return new Request(url, { method: 'POST', headers, body });
}
