/**
 * Whether a request that changes something comes from a page of the site itself, or of one of `origins`. What says neither
 * is refused: browsers always do.
 */
export function isFromOwnPage({ headers, url }: Request, origins: readonly string[]): boolean {
  const origin = headers.get('origin');
  if (origin !== null && origins.includes(origin)) return true;
  // Where it is sent it is right even behind a proxy that ends TLS, which the URL does not know of.
  const fetchSite = headers.get('sec-fetch-site');
  if (fetchSite !== null) return fetchSite === 'same-origin';
  return origin === new URL(url).origin;
}
