// Anything shorter is no secret, and would be found in words where it has no meaning.
const SHORTEST_SECRET = 8;

/** A copy of a JSON value in which every secret is `***`, wherever it stands: what a server says may quote what it was sent. */
export function redact(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') {
    return secrets
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      .reduce((text, secret) => text.replaceAll(secret, '***'), value);
  }
  if (typeof value === 'number') return secrets.includes(String(value)) ? '***' : value;
  if (Array.isArray(value)) return value.map((item) => redact(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key, secrets), redact(item, secrets)] as const),
  );
}
