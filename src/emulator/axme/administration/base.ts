/** The gateway's base URL as the caller reaches it, without a trailing slash: what is before `/v1/` in the URL of a call. */
export function baseOf(url: URL): string {
  return url.origin + url.pathname.slice(0, url.pathname.indexOf('/v1/'));
}
