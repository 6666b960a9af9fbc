// countersign/agent-otp: an agent asks a human, waits, spends its token once, and has codes relayed to it, of an emulator in
// another process.
import {
  AgentOtpClient,
  ApprovalTimeoutError,
  DecryptionError,
  decryptOTPPayload,
  encryptWithPublicKey,
  exportPrivateKey,
  exportPublicKey,
  generateKeyPair,
  mcpRefusal,
  OTPAlreadyConsumedError,
  PermissionDeniedError,
  protect,
  TokenUsedError,
} from 'countersign/agent-otp';
import { control } from './emulator.mjs';
import { equal, ok, rejection, sleep } from './expect.mjs';

const PERMISSIONS = '/agent-otp/permissions';
const CODES = '/agent-otp/relay-requests';

/** Runs with the client of an agent that no other check has, and closes it. */
async function withAgent(context, work, options = {}) {
  const { apiKey, agentId } = await control(context, 'POST', '/agent-otp/agents', {});
  const { baseUrl, ownerId } = context.emulator.agentOtp;
  const client = new AgentOtpClient({ apiKey, ownerId, baseUrl, ...options });
  try {
    await work(client, agentId);
  } finally {
    await client.close();
  }
}

/** What the human says. */
function decide(context, id, verb, decision = {}) {
  return control(context, 'POST', `${PERMISSIONS}/${encodeURIComponent(id)}/${verb}`, decision);
}

/** Options with which a request is decided as soon as it waits, and what the decision came to. */
function decidedWhilePending(context, verb, decision) {
  const deciding = [];
  const onPendingApproval = ({ permissionId }) => void deciding.push(decide(context, permissionId, verb, decision));
  return { onPendingApproval, decided: () => Promise.all(deciding) };
}

export async function asksAndAPolicyDecides(context) {
  await withAgent(context, async (client, agentId) => {
    const conditions = { action: { equals: 'mail.send' } };
    const scopeTemplate = { max_emails: 1 };
    await client.createPolicy({ name: 'yes', agentId, conditions, action: 'auto_approve', scopeTemplate });
    await client.createPolicy({ name: 'no', agentId, conditions: { action: { equals: 'rm' } }, action: 'deny' });
    const approved = await client.requestPermission({ action: 'mail.send', scope: { max_emails: 9 } });
    equal(approved.status, 'approved', 'the status');
    ok(approved.token !== undefined && approved.expiresAt instanceof Date, 'it has a token, which expires');
    equal(approved.scope.max_emails, 1, 'the limit that was granted');
    const denied = await client.requestPermission({ action: 'rm' });
    equal(denied.status, 'denied', 'a denial is a result');
    ok(denied.reason.includes('"no"') && denied.token === undefined, `its reason is ${denied.reason}`);
    equal((await client.requestPermission({ action: 'other' })).status, 'pending', 'what no policy decides');
  });
}

export async function spendsATokenOnce(context) {
  await withAgent(context, async (client) => {
    const { id } = await client.requestPermission({ action: 'file.delete' });
    await decide(context, id, 'approve', { scopeModifications: { files: 1 } });
    const { token } = await client.waitForDecision(id);
    const { valid, scope } = await client.verifyToken(id, token);
    ok(valid && scope.files === 1, 'it is good');
    const uses = await Promise.all(Array.from({ length: 5 }, () => client.useToken(id, token)));
    equal(uses.filter(({ success }) => success).length, 1, 'uses that succeeded');
    ok(
      uses.every(({ success, reason }) => success || reason !== undefined),
      'the others say why not',
    );
    const again = await rejection(client.useToken(id, token, { strict: true }), 'a token that is spent');
    ok(again instanceof TokenUsedError, String(again));
    equal((await client.verifyToken(id, token)).valid, false, 'whether it is still good');
  });
}

export async function waitsForADecisionBySocket(context) {
  const sockets = context.sockets ?? true;
  equal(typeof WebSocket === 'function', sockets, 'whether there is a WebSocket');
  await withAgent(context, async (client) => {
    const asked = await client.requestPermission({ action: 'file.delete' });
    const path = `/agent-otp/api/v1/permissions/${encodeURIComponent(asked.id)}`;
    // Then a token can have come by the socket alone.
    const rewrite = { remove: ['/token', '/data/token'] };
    if (sockets) await control(context, 'POST', '/faults', { method: 'GET', path, rewrite });
    try {
      const waiting = client.waitForDecision(asked.id, { timeoutMs: 20_000 });
      await sleep(100);
      await decide(context, asked.id, 'approve', { reason: 'go on' });
      const { status, token, reason } = await waiting;
      equal(status, 'approved', 'the status');
      equal(reason, 'go on', 'the reason');
      ok((await client.useToken(asked.id, token)).success, 'its token is good');
    } finally {
      await control(context, 'DELETE', '/faults');
    }
  });
}

export async function waitsForADecisionByPolling(context) {
  await withAgent(
    context,
    async (client) => {
      const human = decidedWhilePending(context, 'approve');
      const { status, token } = await client.requestPermission({
        action: 'file.delete',
        waitForApproval: true,
        ...human,
      });
      await human.decided();
      equal(status, 'approved', 'the status');
      ok(token !== undefined, 'it has its token');
    },
    { WebSocket: false },
  );
}

export async function waitsForManyDecisionsAtOnce(context) {
  await withAgent(context, async (client) => {
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, i) => client.requestPermission({ action: `act.${i}` })),
    );
    const waits = asked.map(({ id }) => client.waitForDecision(id, { timeoutMs: 20_000 }));
    for (const [i, { id }] of [...asked.entries()].toReversed()) {
      await decide(context, id, i % 2 === 0 ? 'approve' : 'deny', { reason: `so be it ${i}` });
    }
    for (const [i, { id, status, reason }] of (await Promise.all(waits)).entries()) {
      equal(id, asked[i].id, `permission ${i}`);
      equal(status, i % 2 === 0 ? 'approved' : 'denied', `the status of ${i}`);
      equal(reason, `so be it ${i}`, `the reason of ${i}`);
    }
  });
}

export async function tellsOfADenialAsAResultOrAnError(context) {
  await withAgent(context, async (client) => {
    const ask = (more) => {
      const human = decidedWhilePending(context, 'deny', { reason: 'not today' });
      return client.requestPermission({ action: 'file.delete', waitForApproval: true, ...human, ...more });
    };
    const { status, reason, token } = await ask();
    equal(status, 'denied', 'the status');
    equal(reason, 'not today', 'the reason');
    equal(token, undefined, 'the token');
    const error = await rejection(ask({ throwOnDenied: true }), 'a denial');
    ok(error instanceof PermissionDeniedError && error.reason === 'not today', String(error));
  });
}

export async function carriesThePermissionInATimeout(context) {
  await withAgent(context, async (client) => {
    const asking = client.requestPermission({ action: 'file.delete', waitForApproval: true, timeoutMs: 400 });
    const error = await rejection(asking, 'a human who does not answer');
    ok(error instanceof ApprovalTimeoutError, String(error));
    equal(error.code, 'APPROVAL_TIMEOUT', 'the code');
    equal(error.permission.status, 'pending', 'the status');
    await decide(context, error.permission.id, 'approve');
    const { status } = await client.waitForDecision(error.permission.id, { timeoutMs: 20_000 });
    equal(status, 'approved', 'the status, when the wait goes on');
  });
}

export async function protectsAFunction(context) {
  await withAgent(context, async (client, agentId) => {
    const policy = (path, action) => client.createPolicy({ name: action, agentId, conditions: path, action });
    await policy({ resource: { equals: 'to:ada' } }, 'auto_approve');
    await policy({ resource: { equals: 'to:eve' } }, 'deny');
    const done = [];
    const options = { action: 'mail.send', resource: ({ to }) => `to:${to}` };
    const act = ({ to }) => done.push(to);
    const send = protect(client, options)(act);
    equal(await send({ to: 'ada' }), 1, 'what the function returns');
    const refused = await send({ to: 'eve' });
    ok(refused.startsWith('Permission denied') && refused.includes('not carried out'), `the refusal is ${refused}`);
    const tool = protect(client, { ...options, onDenied: mcpRefusal })(act);
    equal((await tool({ to: 'eve' })).isError, true, 'the refusal of a tool');
    const thrown = await rejection(protect(client, { ...options, onDenied: 'throw' })(act)({ to: 'eve' }), 'eve');
    ok(thrown instanceof PermissionDeniedError, String(thrown));
    equal(done.join(), 'ada', 'what was done');
  });
}

export async function actsWithPermission(context) {
  await withAgent(context, async (client) => {
    const human = decidedWhilePending(context, 'approve', { scopeModifications: { files: 2 } });
    const acted = client.executeWithPermission(
      { action: 'file.delete', scope: { files: 5 }, ...human },
      async (token, scope, { id }) => ({ files: scope.files, spent: !(await client.useToken(id, token)).success }),
    );
    const { files, spent } = await acted;
    equal(files, 2, 'the limit that was granted');
    ok(spent, 'its token was spent before');
  });
}

export async function relaysACode(context) {
  await withAgent(context, async (client) => {
    const { publicKey, privateKey } = await generateKeyPair();
    for (const form of ['A', 'B']) {
      const delivering = [];
      const deliver = async (id) => {
        const path = `${CODES}/${encodeURIComponent(id)}`;
        await control(context, 'POST', `${path}/approve`, {});
        const message = { code: '123 456', fullMessage: 'Your code: 123 456 é😀', sender: 'Bank', form };
        await control(context, 'POST', `${path}/deliver`, message);
      };
      const { id, status, metadata } = await client.requestOTP({
        reason: 'sign in',
        publicKey,
        waitForOTP: true,
        onPendingApproval: ({ otpRequestId }) => void delivering.push(deliver(otpRequestId)),
      });
      await Promise.all(delivering);
      equal(status, 'otp_received', 'the status');
      equal(metadata.sender, 'Bank', 'the sender');
      const { code, fullMessage } = await client.consumeOTP(id, privateKey);
      equal(code, '123 456', 'the code');
      equal(fullMessage, 'Your code: 123 456 é😀', 'the message');
      const again = await rejection(client.consumeOTP(id, privateKey), 'a code that was fetched');
      ok(again instanceof OTPAlreadyConsumedError, String(again));
    }
  });
}

export async function decryptsWhatItEncrypts() {
  const { publicKey, privateKey } = await generateKeyPair({ extractable: true });
  const [sent, kept] = [await exportPublicKey(publicKey), await exportPrivateKey(privateKey)];
  for (const [form, text] of Object.entries({ bare: '123456', json: 'é😀', hybrid: 'x'.repeat(5000) })) {
    const payload = await encryptWithPublicKey(text, sent, { form });
    equal(await decryptOTPPayload(payload, kept, { hybrid: true }), text, `the text in the form ${form}`);
    const other = await generateKeyPair();
    const error = await rejection(decryptOTPPayload(payload, other.privateKey, { hybrid: true }), 'another key');
    ok(error instanceof DecryptionError, String(error));
  }
}
