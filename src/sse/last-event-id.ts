/** Servers refuse requests whose headers are too long, and would do so for ever. */
const LONGEST_HEADER = 1024;

/**
 * The `Last-Event-ID` header for an id: its UTF-8 bytes (HTML §9.2.3). `undefined` where there is no id, or one that
 * cannot be sent: it is too long, or has control characters that a header cannot hold.
 */
export function lastEventIdHeader(id: string): string | undefined {
  if (id === '' || id.length > LONGEST_HEADER) return undefined;
  const value = String.fromCharCode(...new TextEncoder().encode(id));
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? value : undefined;
}
