import type { Actor, Actors } from './actors.js';
import type { ApiKey, ApiKeys } from './api-keys.js';
import { AxmeRefusal } from './refusal.js';
import type { Scheduler } from './scheduler.js';

/** Who sends a request. */
export interface Caller {
  readonly apiKey: ApiKey;
  /** Whom the actor token speaks for; `undefined` when there is none that is known. */
  readonly actor: Actor | undefined;
}

/** Which credentials a route asks for: an API key, or in strict mode an actor token beside it (AXME contract §1.5). */
export type Lane = 'machine' | 'actor';

/** How far clocks may differ when an actor token's expiry is checked (AXME contract §1.5). */
const CLOCK_SKEW_MS = 60_000;

/**
 * Who sends the request: `x-api-key`, or where that is missing the key as a Bearer token (AXME contract §10.1 (2)).
 *
 * @throws {AxmeRefusal} 401 or 403 with a code of contract §5.5.
 */
export function authenticate(
  request: Request,
  lane: Lane,
  { keys, actors, time, strict }: { keys: ApiKeys; actors: Actors; time: Scheduler; strict: boolean },
): Caller {
  const bearer = bearerOf(request);
  const header = request.headers.get('x-api-key')?.trim() || undefined;
  const key = header ?? bearer;
  if (key === undefined) throw new AxmeRefusal(401, 'missing platform api key', { code: 'missing_platform_api_key' });
  const apiKey = keys.find(key);
  if (apiKey === undefined) {
    throw new AxmeRefusal(401, 'invalid platform api key', { code: 'invalid_platform_api_key' });
  }
  const token = header === undefined ? undefined : bearer;
  const actor = token === undefined ? undefined : actors.find(token);
  if (strict) {
    const given = header !== undefined && request.headers.get('authorization') !== null;
    if (lane === 'actor' && !given) {
      throw new AxmeRefusal(401, 'missing actor token', { code: 'missing_actor_token' });
    }
    if (given) checkActor(actor, time.now());
  }
  return { apiKey, actor };
}

function checkActor(actor: Actor | undefined, now: number): void {
  if (actor === undefined || actor.expiresAt + CLOCK_SKEW_MS <= now) {
    throw new AxmeRefusal(401, 'invalid actor token', { code: 'invalid_actor_token' });
  }
  if (!actor.scope.split(' ').includes('axme.api')) {
    throw new AxmeRefusal(403, 'actor token lacks the scope axme.api', { code: 'invalid_actor_scope' });
  }
}

function bearerOf(request: Request): string | undefined {
  return /^Bearer +([^\s,]+)$/i.exec(request.headers.get('authorization')?.trim() ?? '')?.[1];
}
