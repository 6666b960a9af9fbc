import { checkCount, readPayload } from './arguments.js';
import { AxmeConflictError } from './errors.js';
import type { Gateway } from './gateway.js';
import { invoke } from './invoke.js';
import type { JsonObject } from './open.js';
import type { ControlOptions } from './options.js';

/**
 * Calls one of the endpoints that steer an intent (AXME contract §2.5), for an owner and perhaps with a generation to compare.
 *
 * @throws {AxmeConflictError} the generation is stale, whether the service says so by 409 or by a success that was not applied.
 */
export async function steer<Reply extends JsonObject>(
  gateway: Gateway,
  method: string,
  path: `/${string}`,
  args: readonly [intentId: string, payload: JsonObject, options?: ControlOptions | undefined],
): Promise<Reply> {
  const expected = readPayload(method, args[1]);
  // JSON would leave out an undefined one, and what was meant to be compared would be overwritten.
  if ('expected_policy_generation' in expected) {
    checkCount('expected_policy_generation', expected['expected_policy_generation']);
  }
  const operation = { verb: 'POST', path, args: ['payload'], query: ['owner_agent'] } as const;
  const reply = await invoke<Reply>(gateway, method, operation, args);
  if (!isStale(reply, expected)) return reply;
  const { policy_generation: generation } = reply;
  throw new AxmeConflictError(
    'stale_policy_generation',
    `expected_policy_generation is stale${generation === undefined ? '' : `: it is ${String(generation)} now`}. Read the intent again, decide again, and call with the current one.`,
    { status: 409, body: reply },
  );
}

function isStale(reply: JsonObject, expected: JsonObject): boolean {
  const { applied, reason, policy_generation: generation } = reply;
  if (applied !== false) return false;
  const { expected_policy_generation: wanted } = expected;
  return /stale/.test(String(reason)) || (wanted !== undefined && generation !== undefined && generation !== wanted);
}
