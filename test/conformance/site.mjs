// countersign/lime, the site's side: logins by the event stream, passports and bindings, against an emulator in another
// process.

import { AuthenticationError, InvalidPassportError, LimeSite, RequestExpiredError } from 'countersign/lime';
import { LimeLogin } from 'countersign/lime/login';
import { control } from './emulator.mjs';
import { equal, keepsSecret, ok, rejection } from './expect.mjs';

/** Runs with a site that no other check has, and closes it. */
async function withSite(context, work, options = {}) {
  const { token: siteToken } = await control(context, 'POST', '/lime/sites', {});
  const baseUrl = context.emulator.lime.apiBase;
  // The suite is one request to a Worker, so that even there the stream may stay open.
  const site = new LimeSite({ siteToken, baseUrl, autoStart: true, ...options });
  try {
    await work(site, siteToken);
  } finally {
    await site.close();
  }
}

function approve(context, requestId) {
  return control(context, 'POST', `/lime/login-requests/${encodeURIComponent(requestId)}/approve`);
}

export async function hearsOfALoginAndVerifiesItsPassport(context) {
  await withSite(context, async (site) => {
    const heard = new Promise((resolve) => site.onLogin((requestId, passport) => resolve({ requestId, passport })));
    await site.ready();
    const { requestId, status } = await site.createLoginRequest();
    equal(status, 'PENDING', 'the new request');
    const { agentToken, apiBase } = context.emulator.lime;
    await new LimeLogin({ agentToken, baseUrl: apiBase }).login(requestId);
    const event = await heard;
    equal(event.requestId, requestId, 'the request that was heard of');
    const { agentId, claims } = await site.verifyPassport(event.passport, { expectedRequestId: requestId });
    ok(agentId !== '' && claims.sub === agentId, `the agent is ${agentId}`);
    equal((await site.getLoginRequest(requestId)).status, 'DELIVERED', 'the request');
  });
}

export async function waitsForManyLoginsAtOnce(context) {
  await withSite(context, async (site) => {
    await site.ready();
    const requests = await Promise.all(Array.from({ length: 10 }, () => site.createLoginRequest()));
    const waits = requests.map(({ requestId }) => site.waitForLogin(requestId, { timeoutMs: 20_000 }));
    for (const { requestId } of requests.toReversed()) await approve(context, requestId);
    for (const [i, { requestId, passport }] of (await Promise.all(waits)).entries()) {
      equal(requestId, requests[i].requestId, `request ${i}`);
      await site.verifyPassport(passport, { expectedRequestId: requestId });
    }
  });
}

export async function hearsThatARequestHasExpired(context) {
  await withSite(context, async (site) => {
    const { requestId } = await site.createLoginRequest();
    const waiting = rejection(site.waitForLogin(requestId, { timeoutMs: 20_000 }), 'an expired request');
    await control(context, 'POST', `/lime/login-requests/${encodeURIComponent(requestId)}/expire`);
    const error = await waiting;
    ok(error instanceof RequestExpiredError, String(error));
    equal(error.code, 'SITE_LOGIN_REQUEST_EXPIRED', 'the code');
  });
}

export async function keepsAnEventThatCameBeforeItsHandler(context) {
  await withSite(context, async (site) => {
    await site.ready();
    const { requestId } = await site.createLoginRequest();
    await approve(context, requestId);
    for (let looks = 0; (await site.getLoginRequest(requestId)).status !== 'DELIVERED'; looks++) {
      ok(looks < 500, 'it is delivered');
    }
    const heard = await new Promise((resolve) => site.onLogin((id) => resolve(id)));
    equal(heard, requestId, 'the request');
  });
}

export async function hearsOfALoginAfterItsStreamWasDropped(context) {
  await withSite(
    context,
    async (site, siteToken) => {
      await site.ready();
      for (const how of ['end', 'cut']) {
        const { requestId } = await site.createLoginRequest();
        await control(context, 'POST', '/lime/events/drop', { how, siteToken });
        await approve(context, requestId);
        equal((await site.waitForLogin(requestId, { timeoutMs: 20_000 })).requestId, requestId, how);
      }
    },
    { sseBackoffBaseMs: 10 },
  );
}

export async function refusesPassportsThatDoNotHold(context) {
  await withSite(context, async (site) => {
    const { requestId } = await site.createLoginRequest();
    await approve(context, requestId);
    const { passport } = await site.waitForLogin(requestId, { timeoutMs: 20_000 });
    const refused = async (jwt, expectedRequestId, code) => {
      const error = await rejection(site.verifyPassport(jwt, { expectedRequestId }), code);
      ok(error instanceof InvalidPassportError, `${code}: ${error}`);
      equal(error.code, code, 'the code');
      keepsSecret(error, [passport, passport.split('.')[2]], code);
    };
    const [header, payload, signature] = passport.split('.');
    const first = payload[20] === 'A' ? 'B' : 'A';
    const other = payload.slice(0, 20) + first + payload.slice(21);
    await refused('no token', requestId, 'JWT_MALFORMED');
    await refused([header, other, signature].join('.'), requestId, 'JWT_SIGNATURE');
    await refused(passport, 'another-request', 'PASSPORT_REQUEST');
    await site.verifyPassport(passport, { expectedRequestId: requestId });
    await refused(passport, requestId, 'PASSPORT_REPLAYED');
  });
}

export async function bindsAnAgentToAnAccount(context) {
  await withSite(context, async (site) => {
    const { bindingId } = await site.createBindingRequest({ redirectUri: 'https://site.example/bound' });
    const path = `/lime/bindings/${encodeURIComponent(bindingId)}/complete`;
    const { bindingCode } = await control(context, 'POST', path, {});
    const passport = await site.exchangeBindingCode(bindingCode);
    const verified = await site.verifyBindingPassport(passport, { expectedBindingId: bindingId });
    equal(verified.bindingId, bindingId, 'the binding');
    ok(verified.agentId !== '', 'it says whose passport it is');
  });
}

export async function saysThatItsTokenIsRefused(context) {
  const errors = [];
  await withSite(
    context,
    async (site) => {
      const error = await rejection(site.ready(), 'a wrong token');
      ok(error instanceof AuthenticationError && error.status === 401, String(error));
      keepsSecret(error, ['not-a-token'], 'a wrong token');
      ok(errors.includes(error.code), 'onError is told');
    },
    { siteToken: 'not-a-token', onError: ({ code }) => errors.push(code) },
  );
}

export async function breaksOffAWaitWhenAbortedOrClosed(context) {
  await withSite(context, async (site) => {
    const { requestId } = await site.createLoginRequest();
    const controller = new AbortController();
    const aborted = rejection(site.waitForLogin(requestId, { signal: controller.signal }), 'an aborted wait');
    const closed = rejection(site.waitForLogin(requestId), 'a wait on a closed client');
    controller.abort('enough');
    equal(await aborted, 'enough', 'the reason');
    await site.close();
    equal((await closed).code, 'CLOSED', 'the code');
  });
}
