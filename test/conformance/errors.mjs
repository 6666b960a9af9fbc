// countersign/errors: one base for all.
import { CountersignError, isCountersignError } from 'countersign/errors';
import { solve } from 'countersign/pow';
import { equal, keepsSecret, ok, rejection } from './expect.mjs';

const CHALLENGE = 'a challenge that nobody may read';

export async function errorsHaveOneBase() {
  const timeout = await rejection(solve({ challenge: CHALLENGE, difficulty: 20, timeoutMs: 0 }), 'no time');
  ok(timeout instanceof CountersignError && isCountersignError(timeout), 'it is an error of countersign');
  equal(timeout.retryable, true, 'retryable');
  equal(isCountersignError(new Error('other')), false, 'another error');
}

export async function errorsKeepSecrets() {
  const timeout = await rejection(solve({ challenge: CHALLENGE, difficulty: 20, timeoutMs: 0 }), 'no time');
  keepsSecret(timeout, [CHALLENGE], 'a timeout');
  equal(JSON.parse(JSON.stringify(timeout)).code, 'POW_TIMEOUT', 'its code in JSON');
}
