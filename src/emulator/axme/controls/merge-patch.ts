type Json = Readonly<Record<string, unknown>>;

/** `target` as a JSON merge patch changes it (RFC 7396): `null` removes, objects are merged, all else replaces. */
export function mergePatch(target: Json, patch: Json): Json {
  const merged: Record<string, unknown> = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else define(merged, name, isObject(value) ? mergePatch(objectOr(merged[name]), value) : value);
  }
  return merged;
}

/** A member may be called `__proto__`. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function objectOr(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
