import * as v from 'valibot';
import type { JsonEdits } from './fault.js';

const pointer = v.pipe(v.string(), v.check(isPointer, 'expected a JSON Pointer'));

export const jsonEditsSchema: v.GenericSchema<JsonEdits> = v.strictObject({
  set: v.optional(v.record(pointer, v.unknown())),
  remove: v.optional(v.array(pointer)),
});

type Container = Record<string, unknown>;

/** A copy of `json` with the edits done. */
export function editJson(json: unknown, { set = {}, remove = [] }: JsonEdits): unknown {
  const root = { '': structuredClone(json) };
  for (const pointer of remove) {
    const path = tokens(pointer);
    const parent = walk(root, path, (container, name) => container[name]);
    const name = path.at(-1) ?? '';
    if (Array.isArray(parent)) parent.splice(Number(name), name in parent ? 1 : 0);
    else if (isContainer(parent)) delete parent[name];
  }
  for (const [pointer, value] of Object.entries(set)) {
    const path = tokens(pointer);
    const parent = walk(root, path, (container, name) => {
      if (!isContainer(container[name])) container[name] = {};
      return container[name];
    });
    if (isContainer(parent)) parent[path.at(-1) ?? ''] = structuredClone(value);
  }
  return root[''];
}

/** Whether it is a JSON Pointer: empty, or parts that each start with `/`. */
function isPointer(text: string): boolean {
  return /^(\/|$)/.test(text) && !/~(?![01])/.test(text);
}

/** The names on the way, the root's own first. */
function tokens(pointer: string): string[] {
  return pointer.split('/').map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What holds the last name of the path. */
function walk(root: Container, path: string[], step: (container: Container, name: string) => unknown): unknown {
  let at: unknown = root;
  for (const name of path.slice(0, -1)) {
    if (!isContainer(at)) return undefined;
    at = step(at, name);
  }
  return at;
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}
