import { camelCase, checkText, inputError, queryValue, readOptions, readPayload } from './arguments.js';
import type { Gateway } from './gateway.js';
import type { Operation } from './operation.js';

/** Calls an operation with the arguments of its method. @throws {AxmeInputError} one of them has the wrong form. */
export async function invoke<T>(
  gateway: Gateway,
  method: string,
  operation: Operation,
  args: readonly unknown[],
): Promise<T> {
  const { path, query = [], body: fields, required = [], json = [], idsInBody = false } = operation;
  const ids = Array.from(path.matchAll(/\{(.*?)\}/g), ([, name]) => name!);
  const names = [...ids, ...(operation.args ?? [])];
  const options = readOptions(method, args[names.length]);
  const given = (name: string) => (names.includes(name) ? args[names.indexOf(name)] : options[camelCase(name)]);
  const pick = (wanted: readonly string[]) => Object.fromEntries(wanted.map((name) => [name, given(name)]));

  for (const name of [...names, ...required]) {
    if (name !== 'payload' && !json.includes(name)) checkText(camelCase(name), given(name));
  }
  const payload = names.includes('payload') ? readPayload(method, given('payload')) : undefined;
  const repeated = idsInBody ? pick(ids) : {};
  for (const [name, id] of Object.entries(repeated)) {
    const other = payload?.[name] ?? id;
    if (other !== id) throw inputError(name, `of the payload must be the same as the argument ${camelCase(name)}`);
  }
  return gateway.call(operation, {
    params: pick(ids) as Record<string, string>,
    query: Object.fromEntries(query.map((name) => [name, queryValue(camelCase(name), given(name))])),
    body: fields === undefined ? payload && { ...payload, ...repeated } : pick(fields),
    options,
  });
}
