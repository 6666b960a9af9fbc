import * as v from 'valibot';
import type { AnswerContext } from '../envelope.js';
import { checkFields, dateTime, text } from '../fields.js';

/** A login request that the site has created (LIME contract §6.3). Frozen. */
export interface LoginRequestResult {
  /** What the agent logs in with: hand it to the agent. */
  readonly requestId: string;
  readonly status: 'PENDING' | (string & {});
  readonly expiresAt: Date;
}

/** Where a login request stands (LIME contract §6.1). Frozen. */
export interface LoginRequestStatus {
  readonly requestId: string;
  readonly status: 'PENDING' | 'APPROVED' | 'DELIVERED' | 'EXPIRED' | (string & {});
  /** `null` if the platform does not say. */
  readonly expiresAt: Date | null;
}

/** A binding that the site has asked for (LIME contract §6.3, §10.2). Frozen. */
export interface BindingRequestResult {
  /** Store it with the user before the redirect: the passport is for this binding alone. */
  readonly bindingId: string;
  /** Where to send the browser. */
  readonly connectUrl: string;
  readonly status: 'PENDING' | (string & {});
  readonly expiresAt: Date;
}

type Data = Record<string, unknown>;

const id = v.pipe(text, v.trim(), v.minLength(1, 'a string that is not blank'));
const HTTP_URL = 'an absolute http or https URL';
const httpUrl = v.pipe(
  v.string(HTTP_URL),
  v.check((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), HTTP_URL),
);
const createdSchema = v.object({ login_request_id: id, status: text, expires_at: dateTime });
const statusSchema = v.object({ status: text, expires_at: v.nullish(dateTime) });
const bindingSchema = v.object({ binding_id: id, connect_url: httpUrl, status: text, expires_at: dateTime });
const exchangedSchema = v.object({ passport: id });

/** @throws {LimeProtocolError} a field is missing or malformed. */
export function readCreated(data: Data, status: number, context: AnswerContext): LoginRequestResult {
  const created = checkFields(createdSchema, data, status, context);
  const { login_request_id: requestId, expires_at: expiresAt } = created;
  return Object.freeze({ requestId, status: created.status, expiresAt });
}

/** @throws {LimeProtocolError} a field is missing or malformed. */
export function readStatus(
  data: Data,
  status: number,
  context: AnswerContext & { readonly requestId: string },
): LoginRequestStatus {
  const request = checkFields(statusSchema, data, status, context);
  return Object.freeze({
    requestId: context.requestId,
    status: request.status,
    expiresAt: request.expires_at ?? null,
  });
}

/** @throws {LimeProtocolError} a field is missing or malformed. */
export function readBinding(data: Data, status: number, context: AnswerContext): BindingRequestResult {
  const binding = checkFields(bindingSchema, data, status, context);
  const { binding_id: bindingId, connect_url: connectUrl, expires_at: expiresAt } = binding;
  return Object.freeze({ bindingId, connectUrl, status: binding.status, expiresAt });
}

/** The passport that a binding code was exchanged for. @throws {LimeProtocolError} there is none. */
export function readExchanged(data: Data, status: number, context: AnswerContext): string {
  return checkFields(exchangedSchema, data, status, context).passport;
}
