// countersign/axme: intents from their creation to their end, the inbox, MCP and the mesh, of an emulator in another process.
import { AxmeClient, AxmeConflictError, AxmeInputError, AxmeNotFoundError, AxmeTimeoutError } from 'countersign/axme';
import { control } from './emulator.mjs';
import { equal, eventually, ok, rejection } from './expect.mjs';

/** Runs with a client, and the address and key of an agent that no other check has. Closes the client. */
async function withGateway(context, work, options = {}) {
  const { apiKey, actorToken, baseUrl } = context.emulator.axme;
  const name = `agent-${Math.random().toString(36).slice(2)}`;
  const agent = await control(context, 'POST', '/axme/agents', { address: `agent://conformance/suite/${name}` });
  const client = new AxmeClient({ apiKey, actorToken, baseUrl, ...options });
  try {
    await work(client, agent);
  } finally {
    await client.close();
  }
}

function orderFor({ address }, more = {}) {
  return { intent_type: 'orders.place.v1', to_agent: address, payload: { order: 7 }, ...more };
}

async function openStreams(context) {
  return (await control(context, 'GET', '/axme/streams')).open;
}

async function withSettings(context, settings, work) {
  const before = await control(context, 'GET', '/axme/settings');
  const kept = Object.fromEntries(Object.keys(settings).map((name) => [name, before[name]]));
  await control(context, 'PATCH', '/axme/settings', settings);
  try {
    await work();
  } finally {
    await control(context, 'PATCH', '/axme/settings', kept);
  }
}

/** Follows an intent to its end, and has it resolved once two of its events are there. */
async function observeToTheEnd(client, id, onBegun = async () => {}) {
  const types = [];
  for await (const { event_type: type, seq } of client.observe(id, { timeoutMs: 20_000 })) {
    types.push(type);
    equal(seq, types.length, 'the number of the event');
    if (types.length !== 2) continue;
    await onBegun();
    await client.resolveIntent(id, { status: 'COMPLETED', result: { done: true } });
  }
  equal(types.join(), 'intent.created,intent.submitted,intent.completed', 'the events');
}

export async function createsAnIntentAndObservesItToItsEnd(context) {
  await withGateway(context, async (client, agent) => {
    const { intent_id: id } = await client.createIntent(orderFor(agent));
    const { intent } = await client.getIntent(id);
    equal(intent.payload.order, 7, 'what it asks for');
    const waiting = client.waitFor(id, { timeoutMs: 20_000 });
    await observeToTheEnd(client, id);
    const { status, details } = await waiting;
    equal(status, 'COMPLETED', 'how it ended');
    equal(details.result.done, true, 'the result');
  });
}

export async function observesOnAfterItsStreamWasDropped(context) {
  await withGateway(context, async (client, agent) => {
    for (const how of ['cut', 'end']) {
      const id = await client.sendIntent(orderFor(agent));
      await observeToTheEnd(client, id, () => control(context, 'POST', '/axme/streams/drop', { how }));
    }
  });
}

export async function observesWhereThereAreNoStreams(context) {
  await withSettings(context, { streams: false }, () =>
    withGateway(context, async (client, agent) => {
      await observeToTheEnd(client, await client.sendIntent(orderFor(agent)));
    }),
  );
}

export async function waitsForAStateOrSaysThatTimeIsOver(context) {
  await withGateway(context, async (client, agent) => {
    const id = await client.sendIntent(orderFor(agent));
    const waiting = client.waitFor(id, { states: ['WAITING'], timeoutMs: 20_000 });
    await control(context, 'POST', `/axme/intents/${id}/move`, { status: 'WAITING' });
    equal((await waiting).waiting_reason, 'WAITING_FOR_AGENT', 'what it waits for');
    const late = await rejection(client.waitFor(id, { timeoutMs: 200 }), 'an intent that does not end');
    ok(late instanceof AxmeTimeoutError, String(late));
    const unknown = await rejection(client.waitFor('no-such-intent'), 'an unknown intent');
    ok(unknown instanceof AxmeNotFoundError, String(unknown));
  });
}

export async function listensForWhatReachesAnAgent(context) {
  await withGateway(context, async (client, agent) => {
    const sent = [];
    const heard = [];
    for (let i = 0; i < 2; i++) sent.push(await client.sendIntent(orderFor(agent, { payload: { order: i } })));
    for await (const { intent_id: id } of client.listen(agent.address, { timeoutMs: 20_000 })) {
      heard.push(id);
      await client.resolveIntent(id, { status: 'COMPLETED', result: {} });
      if (heard.length === 2) sent.push(await client.sendIntent(orderFor(agent, { payload: { order: 2 } })));
      if (heard.length === 3) break;
    }
    equal(heard.join(), sent.join(), 'the intents that were heard of');
  });
}

export async function takesAnApprovalByTheInbox(context) {
  await withGateway(context, async (client, agent) => {
    const human_task = { title: 'Ship it?', allowed_outcomes: ['approved', 'rejected'] };
    const id = await client.sendIntent(orderFor(agent, { human_task }));
    const waiting = client.waitFor(id, { timeoutMs: 20_000 });
    const owner = { ownerAgent: agent.address };
    const { threads } = await client.listInbox(owner);
    const thread = threads.find(({ intent_id }) => intent_id === id);
    equal(thread.status, 'pending', 'the thread');
    await client.approveInboxThread(thread.thread_id, { comment: 'fine' }, owner);
    const { status, details } = await waiting;
    equal(status, 'COMPLETED', 'how it ended');
    equal(details.result.outcome, 'approved', 'what the human said');
    const again = await rejection(client.resolveIntent(id, { status: 'FAILED', error: {} }), 'an intent that is over');
    ok(again instanceof AxmeConflictError, String(again));
  });
}

export async function refusesAStaleGeneration(context) {
  for (const staleGeneration of ['not_applied', 'conflict']) {
    await withSettings(context, { staleGeneration }, () =>
      withGateway(context, async (client, agent) => {
        const id = await client.sendIntent(orderFor(agent));
        const update = { controls_patch: { timeout_seconds: 60 }, expected_policy_generation: 0 };
        equal((await client.updateIntentControls(id, update)).policy_generation, 1, 'the generation');
        const stale = await rejection(client.updateIntentControls(id, update), 'a stale generation');
        ok(stale instanceof AxmeConflictError, String(stale));
        equal(stale.status, 409, 'the status');
        equal(stale.policyGeneration, 1, 'the generation that it is about');
      }),
    );
  }
}

export async function createsAnIntentOnceByItsKey(context) {
  await withGateway(context, async (client, agent) => {
    const key = { idempotencyKey: `order-${agent.address}` };
    const created = await Promise.all(Array.from({ length: 4 }, () => client.createIntent(orderFor(agent), key)));
    equal(new Set(created.map(({ intent_id: id }) => id)).size, 1, 'intents that were created');
    const other = await rejection(client.createIntent(orderFor(agent, { payload: {} }), key), 'the key of another');
    ok(other instanceof AxmeConflictError, String(other));
  });
}

export async function repeatsACreationWhoseAnswerWasLost(context) {
  await withGateway(
    context,
    async (client, agent) => {
      await control(context, 'POST', '/faults', { method: 'POST', path: '/axme/v1/intents', lose: 'after', times: 1 });
      try {
        const id = await client.sendIntent(orderFor(agent));
        const { intents } = await control(context, 'GET', '/axme/intents');
        const mine = intents.filter(({ toAgent }) => toAgent === agent.address);
        equal(mine.map(({ intentId }) => intentId).join(), id, 'the intents that there are');
      } finally {
        await control(context, 'DELETE', '/faults');
      }
    },
    { retryBackoffMs: 10 },
  );
}

export async function callsToolsOfTheGateway(context) {
  await withGateway(context, async (client, agent) => {
    ok((await client.mcpInitialize()).protocolVersion !== '', 'it says which protocol it speaks');
    const { tools } = await client.mcpListTools();
    ok(
      tools.some(({ name }) => name === 'axme.send'),
      `its tools are ${tools.map(({ name }) => name)}`,
    );
    const { ok: done, data } = await client.mcpCallTool('axme.send', {
      arguments: { to_agent: agent.address, payload: { order: 7 } },
    });
    ok(done !== false, 'the tool works');
    equal((await client.getIntent(data.intent_id)).intent.to_agent, agent.address, 'the agent that it was sent to');
    const bad = await rejection(client.mcpCallTool('axme.send', { arguments: { to_agent: 7 } }), 'a wrong argument');
    ok(bad instanceof AxmeInputError && bad.field === 'to_agent', String(bad));
  });
}

export async function beatsInTheMesh(context) {
  await withGateway(context, async (_, agent) => {
    const client = new AxmeClient({ apiKey: agent.apiKey, baseUrl: context.emulator.axme.baseUrl });
    const me = async () => {
      const { agents } = await client.mesh.listAgents({ limit: 1000 });
      return agents.find(({ address }) => address === agent.address);
    };
    try {
      equal((await client.mesh.heartbeat()).status, 'healthy', 'its health');
      client.mesh.reportMetric({ latencyMs: 12, costUsd: 0.5 });
      client.mesh.startHeartbeat(50);
      await eventually(async () => (await me())?.intents_period === 1, 'its work is known');
      client.mesh.stopHeartbeat();
      equal((await me()).cost_period, 0.5, 'what it cost');
    } finally {
      await client.close();
    }
  });
}

export async function leavesNoStreamOpen(context) {
  await withGateway(context, async (client, agent) => {
    const before = await openStreams(context);
    const id = await client.sendIntent(orderFor(agent));
    for await (const _ of client.observe(id)) break;
    const events = client.observe(id);
    await events.next();
    await events.close();
    equal((await events.next()).done, true, 'what comes after');
    await eventually(async () => (await openStreams(context)) <= before, 'no stream is open');
  });
}
