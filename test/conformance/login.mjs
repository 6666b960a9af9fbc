// countersign/lime/login: an agent logs in, against an emulator in another process.
import { isCountersignError } from 'countersign/errors';
import { LimeLogin } from 'countersign/lime/login';
import { control, createLoginRequest, getLoginRequest } from './emulator.mjs';
import { equal, keepsSecret, ok, rejection } from './expect.mjs';

function agent({ emulator }, options = {}) {
  return new LimeLogin({ agentToken: emulator.lime.agentToken, baseUrl: emulator.lime.apiBase, ...options });
}

export async function logsIn(context) {
  const { requestId } = await createLoginRequest(context, { difficulty: 15 });
  const result = await agent(context).login(requestId);
  equal(result.requestId, requestId, 'the request');
  ok(['APPROVED', 'DELIVERED'].includes(result.status), `the status is ${result.status}`);
  ok(result.expiresAt instanceof Date && result.expiresAt > new Date(), 'it expires, and not yet');
  ok(['APPROVED', 'DELIVERED'].includes((await getLoginRequest(context, requestId)).status), 'the emulator saw it');
}

export async function logsInWithTheOtherDigest(context) {
  await control(context, 'PATCH', '/lime/settings', { acceptedAlgorithms: ['r14'] });
  try {
    const { requestId } = await createLoginRequest(context);
    ok((await agent(context).login(requestId)).status, 'it logs in');
  } finally {
    await control(context, 'PATCH', '/lime/settings', { acceptedAlgorithms: ['legacy', 'r14'] });
  }
}

export async function logsInManyTimesAtOnce(context) {
  const one = agent(context);
  const requests = await Promise.all(Array.from({ length: 10 }, () => createLoginRequest(context)));
  const results = await Promise.all(requests.map(({ requestId }) => one.login(requestId)));
  for (const [i, { requestId }] of results.entries()) equal(requestId, requests[i].requestId, `request ${i}`);
}

export async function saysWhyItDoesNotLogIn(context) {
  const { requestId, challenge } = await createLoginRequest(context);
  const secrets = [challenge, context.emulator.lime.agentToken, 'not-a-token'];
  const refused = async (what, login, ...statuses) => {
    const error = await rejection(login, what);
    ok(isCountersignError(error), `${what}: ${error}`);
    if (statuses.length > 0) ok(statuses.includes(error.status), `${what}: the status is ${error.status}`);
    keepsSecret(error, secrets, what);
  };
  await refused('a wrong token', agent(context, { agentToken: 'not-a-token' }).login(requestId), 401);
  await refused('an unknown request', agent(context).login('no-such-request'), 404);
  await refused('a request with a path in it', agent(context).login('x/../../y?z#'), 404);
  await refused('a blank request', agent(context).login('  '));
  await agent(context).login(requestId);
  await refused('a request that is approved', agent(context).login(requestId), 404, 409);
}

export async function givesUpALoginWhenAborted(context) {
  const { requestId } = await createLoginRequest(context, { difficulty: 30 });
  const controller = new AbortController();
  setTimeout(() => controller.abort('enough'), 100);
  const reason = await rejection(agent(context).login(requestId, { signal: controller.signal }), 'an aborted login');
  equal(reason, 'enough', 'the reason');
  equal((await getLoginRequest(context, requestId)).status, 'PENDING', 'the request');
}
