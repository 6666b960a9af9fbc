/** `expires_at` as `expiresAt`. */
export function camel(name: string): string {
  return name.replace(/(?<=[a-z\d])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `expiresAt` as `expires_at`. */
export function snake(name: string): string {
  return name.replace(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The record with its keys in camelCase; of two spellings of one name the camelCase one counts. Values stay as they are. */
export function camelKeys(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const renamed = Object.entries(record).map(([name, value]) => [camel(name), value]);
  return Object.fromEntries([...renamed, ...Object.entries(record).filter(([name]) => name === camel(name))]);
}

/**
 * The body with each of its keys in both spellings. What is below is a caller's own, as a scope, and stays as it is, but
 * for objects, and lists of objects, under the names `nested`.
 */
export function bothSpellings(body: object, nested: readonly string[]): object {
  const entries = Object.entries(body).flatMap(([name, value]) => {
    const spelled = nested.includes(name) ? spelledBelow(value) : value;
    return [
      [name, spelled],
      [snake(name), spelled],
    ];
  });
  return Object.fromEntries(entries);

  function spelledBelow(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(spelledBelow);
    return isRecord(value) ? bothSpellings(value, nested) : value;
  }
}

/** Whether it is an object of JSON. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
