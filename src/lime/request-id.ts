import { ApiError } from './errors.js';

/**
 * A login request's id, trimmed.
 *
 * @throws {ApiError} `INVALID_REQUEST_ID` with status 400, as if the platform had said so: it is blank, or no URL can
 *   hold it (LIME contract §6.1).
 */
export function checkRequestId(requestId: string): string {
  const id = typeof requestId === 'string' ? requestId.trim() : '';
  if (id === '') throw invalid('The login request id is blank. Pass the id that the site gave you.');
  if (id === '.' || id === '..' || /\p{Surrogate}/u.test(id)) {
    throw invalid('The login request id is none: no URL can hold it. Pass the id that the site gave you.');
  }
  return id;
}

function invalid(message: string): ApiError {
  return new ApiError('INVALID_REQUEST_ID', message, { status: 400 });
}
