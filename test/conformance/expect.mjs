// What a check says when something is not as it should be. Web standards only.

/** @throws {Error} with the message, unless `truth` holds. */
export function ok(truth, message) {
  if (!truth) throw new Error(message);
}

/** @throws {Error} unless both are the same value. */
export function equal(actual, expected, what) {
  ok(Object.is(actual, expected), `${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** The reason of a promise that must be rejected. */
export async function rejection(promise, what) {
  let value;
  try {
    value = await promise;
  } catch (reason) {
    return reason;
  }
  throw new Error(`${what}: expected a rejection, got ${show(value)}`);
}

/** Resolves once the condition holds. @throws {Error} it does not for 10 s. */
export async function eventually(condition, what) {
  const end = performance.now() + 10_000;
  while (!(await condition())) {
    ok(performance.now() < end, `not even after 10 s: ${what}`);
    await sleep(20);
  }
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** @throws {Error} if one of the texts can be read in the error: its message, stack, fields, JSON or causes. */
export function keepsSecret(error, secrets, what) {
  const seen = new Set();
  for (let one = error; typeof one === 'object' && one !== null && !seen.has(one); one = one.cause) {
    seen.add(one);
    const fields = Object.getOwnPropertyNames(one).map((name) => text(one[name]));
    const all = [String(one), text(one), ...fields].join('\n');
    for (const secret of secrets) ok(!all.includes(secret), `${what}: a secret can be read in the error ${one.name}`);
  }
}

/**
 * @throws {Error} if one of the texts can be read in what a program shows of a value: its text, JSON, own properties however
 *   deep, a copy by spread, and what the runtime itself prints, where it can be asked.
 */
export function showsNot(value, secrets, what) {
  const { Deno, Bun, process } = globalThis;
  const inspect = Deno?.inspect ?? Bun?.inspect ?? process?.getBuiltinModule?.('node:util')?.inspect;
  const printed = inspect?.(value, { depth: 10, showHidden: true }) ?? '';
  const shown = [String(value), text(value), text({ ...value }), printed, ...ownTexts(value, new Set())].join('\n');
  for (const secret of secrets) ok(!shown.includes(secret), `${what} shows a secret`);
}

function ownTexts(value, seen) {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) {
    return typeof value === 'string' ? [value] : [];
  }
  seen.add(value);
  const owned = Reflect.ownKeys(value).map((key) => Object.getOwnPropertyDescriptor(value, key)?.value);
  return owned.flatMap((one) => ownTexts(one, seen));
}

function text(value) {
  try {
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}

function show(value) {
  return typeof value === 'object' && value !== null ? text(value) : String(value);
}
