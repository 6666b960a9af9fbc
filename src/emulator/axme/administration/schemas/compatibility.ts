import { canonicalJson } from '../../canonical.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** What an upsert may do to a schema that is there already (AXME contract §2.9). */
export type CompatibilityMode = 'strict' | 'backward' | 'warn';

/**
 * Why `next` may not take the place of `previous`; `undefined` if it may. The contract publishes the names of the modes and
 * no rules, hence ours: `strict` allows no change; `backward` allows those after which every object that was valid still
 * is, as far as the properties of the outermost object tell; `warn` allows everything.
 */
export function incompatibility(mode: CompatibilityMode, previous: JsonObject, next: JsonObject): string | undefined {
  if (mode === 'warn' || canonicalJson(previous) === canonicalJson(next)) return undefined;
  if (mode === 'strict') return 'a strict schema does not change';
  const required = requiredOf(next).find((name) => !requiredOf(previous).includes(name));
  if (required !== undefined) return `the property ${required} was not required`;
  const [before, after] = [propertiesOf(previous), propertiesOf(next)];
  const changed = Object.keys(before).find((name) => typeOf(after, name) !== typeOf(before, name));
  return changed === undefined ? undefined : `the property ${changed} was removed or has another type`;
}

function requiredOf({ required }: JsonObject): readonly string[] {
  return (required ?? []) as readonly string[];
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return (properties ?? {}) as JsonObject;
}

/** The type of a property as text; `undefined` if there is no such property. */
function typeOf(properties: JsonObject, name: string): string | undefined {
  if (!Object.hasOwn(properties, name)) return undefined;
  return canonicalJson((properties[name] as { type?: unknown }).type ?? null);
}
