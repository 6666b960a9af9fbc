import { HttpClosedError } from '../http/index.js';
import { LimeError } from './errors.js';

/** What the calls of a closed client throw. */
export function closedError(): LimeError {
  const { code, message } = new HttpClosedError();
  return new LimeError(code, message);
}
