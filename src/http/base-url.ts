import { HttpInputError } from './errors.js';

/**
 * `baseUrl` in its normal form, without trailing slashes. Messages never repeat it: what was given instead of a URL
 * may be anything.
 *
 * @throws {HttpInputError} it is not an absolute http(s) URL, or has credentials, a query or a fragment.
 */
export function checkBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new HttpInputError('baseUrl must be an absolute http or https URL, such as https://example.com/api/v1.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new HttpInputError(
      'baseUrl must not contain credentials (user:password@): pass the token as its own option.',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new HttpInputError('baseUrl must end with its path: a query or a fragment has no place in it.');
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}
