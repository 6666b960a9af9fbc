import { type HttpPath, path } from '../http/index.js';
import { checkText } from './arguments.js';
import { toAxmeError } from './translate.js';

/**
 * A path template with its parameters, each of them one segment. (`path` is typed for templates that stand where it is called.)
 *
 * @throws {AxmeInputError} a parameter cannot be in a URL.
 */
export function pathOf(template: `/${string}`, params: Readonly<Record<string, string>> = {}): HttpPath {
  try {
    return path(template as '/{parameter}', params as { parameter: string });
  } catch (error) {
    throw toAxmeError(error);
  }
}

/**
 * A path with an agent's address as its `{address}`: without `agent://`, and with its slashes between segments (AXME contract
 * §1.6).
 *
 * @throws {AxmeInputError} the address is blank, or one of its segments is empty or cannot be in a URL.
 */
export function agentPath(template: `/${string}`, address: string): HttpPath {
  checkText('address', address);
  const bare = address.trim().replace(/^agent:\/\//, '');
  const segments = bare.split('/').map((segment) => pathOf('/{address}', { address: segment }).encoded);
  return { template, encoded: template.replace('/{address}', () => segments.join('')) };
}
