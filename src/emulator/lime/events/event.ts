import { editJson } from '../../faults/json-edits.js';
import type { LoginRequest } from '../login-requests.js';
import type { EventSettings } from './settings.js';

/** What a site is told of a login. */
export type EventType = 'approved' | 'expired';

/** What there is to tell of a login request now; `undefined` while it is pending, and when it is too late to tell. */
export function eventTypeOf({ status, expiresAt }: LoginRequest, now: number): EventType | undefined {
  if (status === 'EXPIRED') return 'expired';
  // Who had the time and never came does not get in any more.
  return status === 'PENDING' || expiresAt.getTime() <= now ? undefined : 'approved';
}

/** The JSON of LIME contract §9.1, as the settings want it. */
export function eventBody(
  type: EventType,
  requestId: string,
  passport: string | undefined,
  { edits }: Pick<EventSettings['now'], 'edits'>,
): object {
  const body =
    type === 'expired'
      ? { type, login_request_id: requestId }
      : { type, status: 'approved', login_request_id: requestId, agent_passport_jwt: passport };
  return edits === null ? body : Object(editJson(body, edits));
}
