import type { HttpPath } from '../http/index.js';
import { checkText } from './arguments.js';
import { pathOf } from './gateway.js';

/**
 * A path with an agent's address as its `{address}`: without `agent://`, and with its slashes between segments (AXME contract
 * §1.6).
 *
 * @throws {AxmeInputError} the address is blank.
 * @throws {HttpInputError} one of its segments is empty or cannot be in a URL.
 */
export function agentPath(template: `/${string}`, address: string): HttpPath {
  checkText('address', address);
  const bare = address.trim().replace(/^agent:\/\//, '');
  const segments = bare.split('/').map((segment) => pathOf('/{address}', { address: segment }).encoded);
  return { template, encoded: template.replace('/{address}', () => segments.join('')) };
}
