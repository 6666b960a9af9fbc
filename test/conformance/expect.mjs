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
