// countersign/errors: one base for all.
import { AgentOtpClient, AxmeClient, LimeAgent } from 'countersign';
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

export async function errorsSayHowToGiveASecret({ runtime }) {
  for (const [Client, option, variable] of [
    [LimeAgent, 'agentToken', 'LIME_AGENT_TOKEN'],
    [AgentOtpClient, 'apiKey', 'AGENT_OTP_API_KEY'],
    [AxmeClient, 'apiKey', 'AXME_API_KEY'],
  ]) {
    const error = await rejection((async () => new Client())(), variable);
    ok(isCountersignError(error), `${Client.name} without a secret: an error of countersign`);
    ok(error.message.includes(option) && error.message.includes(variable), `what to set: ${error.message}`);
    // Deno is started without the permission.
    equal(error.message.includes(`--allow-env=${variable}`), runtime === 'deno', 'what else would help');
  }
}
