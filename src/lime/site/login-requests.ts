import { path } from '../../http/index.js';
import { readEnvelope } from '../envelope.js';
import type { Platform } from '../platform.js';
import { type LoginRequestResult, type LoginRequestStatus, readCreated, readStatus } from './wire.js';

/** Creates a login request. Where an answer was lost another one is created; the first expires by itself. */
export function createLogin(platform: Platform<'site'>, signal: AbortSignal): Promise<LoginRequestResult> {
  return platform.request({
    method: 'POST',
    path: path('/modules/agent-login/requests'),
    lane: 'site',
    json: {},
    signal,
    decode: (response, context) => readCreated(readEnvelope(response, context), response.status, context),
  });
}

/** Asks where a login request stands. */
export function fetchLogin(
  platform: Platform<'site'>,
  requestId: string,
  signal: AbortSignal,
): Promise<LoginRequestStatus> {
  return platform.request({
    method: 'GET',
    path: path('/modules/agent-login/requests/{request_id}', { request_id: requestId }),
    lane: 'site',
    requestId,
    signal,
    decode: (response, context) =>
      readStatus(readEnvelope(response, context), response.status, { ...context, requestId }),
  });
}
