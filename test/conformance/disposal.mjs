// AgentOtpClient and AxmeClient: a signal ends a call, `close` ends them all, and nothing is left behind.
import { AgentOtpClient } from 'countersign/agent-otp';
import { AxmeClient } from 'countersign/axme';
import { control } from './emulator.mjs';
import { equal, eventually, rejection, sleep } from './expect.mjs';

const { asyncDispose } = Symbol;

/** A client of each, and whether what they have opened is let go of. */
async function open(context) {
  const streams = async () => (await control(context, 'GET', '/axme/streams')).open;
  const before = await streams();
  const sockets = [];
  const opened = new Set();
  let requests = 0;
  const Counted =
    typeof WebSocket === 'function' &&
    class extends WebSocket {
      constructor(url) {
        super(url);
        sockets.push(this);
        this.addEventListener('open', () => opened.add(this));
      }
    };
  const counting = async (input, init) => {
    requests++;
    try {
      return await fetch(input, init);
    } finally {
      requests--;
    }
  };
  // Node's WebSocket stays CLOSING if it was closed before it was open, though its connection is gone.
  const isOver = (socket) => socket.readyState === 3 || (socket.readyState === 2 && !opened.has(socket));
  const { agentOtp, axme } = context.emulator;
  const options = { apiKey: agentOtp.apiKey, baseUrl: agentOtp.baseUrl, fetch: counting };
  return {
    otp: new AgentOtpClient({ ...options, WebSocket: Counted }),
    polling: new AgentOtpClient({ ...options, WebSocket: false }),
    axme: new AxmeClient({ apiKey: axme.apiKey, baseUrl: axme.baseUrl, fetch: counting }),
    isClear: async () => requests === 0 && sockets.every(isOver) && (await streams()) <= before,
    sockets,
  };
}

/** Runs with all clients, closes them, and sees that nothing is left: no request, no socket, no stream at the emulator. */
async function withClients(context, work) {
  const clients = await open(context);
  const { otp, polling, axme } = clients;
  const all = [otp, polling, axme];
  try {
    await work(clients);
  } finally {
    await Promise.all(all.map((client) => client.close()));
  }
  await eventually(clients.isClear, 'no request, socket or stream is open');
}

async function newIntent({ axme }, context) {
  return axme.sendIntent({ intent_type: 'orders.place.v1', to_agent: context.emulator.axme.agentAddress, payload: {} });
}

/** Everything that waits for long, each begun with these options, by what it is called. */
async function waits(clients, context, options = {}) {
  const { otp, polling, axme } = clients;
  const { id } = await otp.requestPermission({ action: 'file.delete' });
  const intentId = await newIntent(clients, context);
  const all = async (events) => {
    for await (const _ of events);
  };
  const waiting = {
    'a wait for a decision': otp.waitForDecision(id, options),
    'a wait by polling': polling.waitForDecision(id, options),
    'a request that waits': otp.requestPermission({ action: 'file.delete', waitForApproval: true, ...options }),
    'a wait for an intent': axme.waitFor(intentId, options),
    'what observes': all(axme.observe(intentId, options)),
    'what listens': all(axme.listen(`agent://conformance/suite/${intentId}`, options)),
  };
  const reasons = Object.entries(waiting).map(async ([what, promise]) => [what, await rejection(promise, what)]);
  // Until all of it is under way.
  await sleep(150);
  return async () => Object.entries(Object.fromEntries(await Promise.all(reasons)));
}

export async function abortsWithTheReasonOfTheSignal(context) {
  await withClients(context, async (clients) => {
    const controller = new AbortController();
    const end = await waits(clients, context, { signal: controller.signal });
    controller.abort('enough');
    for (const [what, reason] of await end()) equal(reason, 'enough', what);
    await eventually(clients.isClear, 'no request, socket or stream is open after the abort');
    for (const call of [
      (options) => clients.otp.getPermission('x', options),
      (options) => clients.otp.requestPermission({ action: 'file.delete', ...options }),
      (options) => clients.axme.getIntent('x', options),
      (options) => clients.axme.observe('x', options).next(),
    ]) {
      equal(
        await rejection(call({ signal: controller.signal }), 'a later call'),
        'enough',
        'the reason of a later call',
      );
    }
    // The clients are as good as new.
    equal((await clients.otp.requestPermission({ action: 'file.delete' })).status, 'pending', 'a new request');
  });
}

export async function closingEndsWhatWaits(context) {
  await withClients(context, async (clients) => {
    const { otp, polling, axme } = clients;
    const end = await waits(clients, context);
    await Promise.all([otp, polling, axme].map((client) => client.close()));
    for (const [what, { code }] of await end()) equal(code, 'CLOSED', what);
    for (const call of [() => otp.getPermission('x'), () => axme.getIntent('x'), () => axme.observe('x').next()]) {
      equal((await rejection(call(), 'a call of a closed client')).code, 'CLOSED', 'the code of a later call');
    }
    await otp.close();
    await axme.close();
  });
}

export async function closesASocketOnceItIsDecided(context) {
  await withClients(context, async ({ otp, isClear, sockets }) => {
    const { id } = await otp.requestPermission({ action: 'file.delete' });
    const waiting = otp.waitForDecision(id, { timeoutMs: 20_000 });
    await control(context, 'POST', `/agent-otp/permissions/${encodeURIComponent(id)}/approve`, {});
    equal((await waiting).status, 'approved', 'the status');
    equal(sockets.length, typeof WebSocket === 'function' ? 1 : 0, 'sockets that were opened');
    await eventually(isClear, 'the socket is closed before the client');
  });
}

export async function disposesByAwaitUsing(context) {
  await withClients(context, async ({ otp, axme }) => {
    // Where the runtime does not have the symbol, `close` it is.
    if (asyncDispose === undefined) return;
    for (const client of [otp, axme]) await client[asyncDispose]();
    equal((await rejection(otp.health(), 'a disposed client')).code, 'CLOSED', 'the code of Agent OTP');
    equal((await rejection(axme.health(), 'a disposed client')).code, 'CLOSED', 'the code of AXME');
  });
}
