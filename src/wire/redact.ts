// Anything shorter is no secret, and would be found in words where it has no meaning.
const SHORTEST_SECRET = 8;

/** A copy of a JSON value in which every secret is `***`, wherever it stands: what a server says may quote what it was sent. */
export function redact(value: unknown, secrets: readonly string[]): unknown {
  return redactAll(
    value,
    secrets.filter((secret) => secret.length >= SHORTEST_SECRET),
  );
}

function redactAll(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), value);
  // A nonce has up to 19 digits, of which a number keeps 16: hence compared as numbers.
  if (typeof value === 'number') return secrets.some((secret) => Number(secret) === value) ? '***' : value;
  if (Array.isArray(value)) return value.map((item) => redactAll(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redactAll(key, secrets), redactAll(item, secrets)]),
  );
}
