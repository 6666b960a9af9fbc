import { path } from '../http/index.js';
import { readEnvelope } from './envelope.js';
import type { Platform } from './platform.js';
import { type Challenge, readChallenge } from './wire.js';

/** Asks what a login request wants to be solved. No credential goes along (LIME contract §3.1). */
export function fetchChallenge(platform: Platform, requestId: string, signal: AbortSignal): Promise<Challenge> {
  return platform.request({
    method: 'GET',
    path: path('/auth/requests/{request_id}', { request_id: requestId }),
    lane: 'public',
    requestId,
    signal,
    decode: (response, context) => readChallenge(readEnvelope(response, context), response.status, context),
  });
}
