import { isRecord } from './spelling.js';

/** What is asked for, and what is granted: free-form, never interpreted. */
export type Scope = Readonly<Record<string, unknown>>;

/** The scope that a policy grants: the template wins key by key, at every depth; lists are replaced (contract §3.3). */
export function withTemplate(scope: Scope, template: Scope | null): Scope {
  if (template === null) return scope;
  // By `fromEntries` a key `__proto__` is a key like any other.
  const merged = Object.entries(template).map(([key, value]) => {
    const below = Object.hasOwn(scope, key) ? scope[key] : undefined;
    return [key, isRecord(value) && isRecord(below) ? withTemplate(below, value) : value];
  });
  return Object.fromEntries([...Object.entries(scope), ...merged]);
}
