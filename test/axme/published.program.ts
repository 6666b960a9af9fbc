// A program as it is written for AXME's published TypeScript client: nothing but the import is ours. It uses the options,
// methods, replies and errors of that client, and none that it does not have. Bundled and run by published.test.ts.
import {
  AxmeAuthError,
  AxmeClient,
  type AxmeClientConfig,
  AxmeError,
  AxmeHttpError,
  AxmeRateLimitError,
  AxmeServerError,
  AxmeValidationError,
  type McpObserverEvent,
} from '../../src/axme/index.js';

const [, , baseUrl, apiKey, stranger] = process.argv as [string, string, string, string, string];
const heard: McpObserverEvent[] = [];
const config: AxmeClientConfig = {
  baseUrl,
  apiKey,
  maxRetries: 2,
  retryBackoffMs: 50,
  autoTraceId: true,
  defaultOwnerAgent: 'agent://acme/shop/clerk',
  mcpEndpointPath: '/mcp',
  mcpProtocolVersion: '2024-11-05',
  mcpObserver: (event) => heard.push(event),
};
const calls: string[] = [];
const client = new AxmeClient(config, (input, init) => {
  calls.push(String(init?.method));
  return fetch(input, init);
});
const say = (what: string, value: unknown) => console.log(`${what}: ${JSON.stringify(value)}`);

async function statusOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return 'no error';
  } catch (error) {
    if (!(error instanceof AxmeHttpError && error instanceof AxmeError)) throw error;
    const classes = { AxmeAuthError, AxmeValidationError, AxmeRateLimitError, AxmeServerError };
    const name = Object.entries(classes).find(([, Class]) => error instanceof Class)?.[0] ?? 'AxmeHttpError';
    return [name, error.statusCode, error.message.startsWith(`HTTP ${error.statusCode}: `), typeof error.requestId];
  }
}

say('health', (await client.health()).ok);
const intent = {
  intent_type: 'intent.demo.v1',
  from_agent: 'agent://acme/shop/web',
  to_agent: 'agent://acme/shop/clerk',
  reply_to: 'agent://acme/shop/web',
  payload: { task: 'hello' },
};
const correlationId = '0b8a6a5e-5f0e-4c58-9b2c-1d0f0f4b7a11';
const created: Record<string, unknown> = await client.createIntent(intent, { correlationId, idempotencyKey: 'demo-1' });
const id = String(created['intent_id']);
const again = await client.createIntent(intent, { correlationId, idempotencyKey: 'demo-1', traceId: 'trace-1' });
say('replayed', again.intent_id === id);
say(
  'other',
  await statusOf(client.createIntent({ ...intent, payload: {} }, { correlationId, idempotencyKey: 'demo-1' })),
);
say('sent', typeof (await client.sendIntent(intent)));

const current = await client.getIntent(id);
say('intent', (current.intent as Record<string, unknown>)['correlation_id'] === correlationId);
for await (const event of client.listen('agent://acme/shop/clerk', { since: 0, waitSeconds: 5, timeoutMs: 10_000 })) {
  say('delivery', [event['intent_id'] === id, event['seq']]);
  break;
}
await client.updateIntentControls(id, { controls_patch: { timeout_seconds: 60 }, expected_policy_generation: 0 });
const seen: unknown[] = [];
for await (const event of client.observe(id, { since: 0, waitSeconds: 5, pollIntervalMs: 100, timeoutMs: 10_000 })) {
  seen.push(event['event_type']);
  if (event['event_type'] === 'intent.submitted') {
    await client.resolveIntent(
      id,
      { status: 'COMPLETED', result: { done: true } },
      { ownerAgent: 'agent://acme/shop/clerk', xOwnerAgent: 'agent://acme/shop/clerk', idempotencyKey: 'resolve-1' },
    );
  }
}
say('observed', seen);
say('waited', (await client.waitFor(id, { timeoutMs: 10_000 }))['status']);
say('events', ((await client.listIntentEvents(id, { since: 1 })).events as unknown[]).length);

const inbox = await client.listInbox({ ownerAgent: 'agent://acme/shop/web' });
say(
  'inbox',
  (inbox.threads as readonly Record<string, unknown>[]).map((thread) => thread['thread_id'] === id),
);
say('approval', (await client.decideApproval(correlationId, 'approve', { comment: 'fine' })).ok);
const { session_id } = await client.createSession({ type: 'chat', projectId: 'p1' });
await client.postSessionMessage(session_id, 'user', 'hello', { contentType: 'text/plain' });
say('messages', ((await client.listSessionMessages(session_id, { since: 0, limit: 5 })).messages as unknown[]).length);

await client.mcpInitialize();
await client.mcpListTools();
const called = await client.mcpCallTool('axme.check_nick', { arguments: { nick: 'bob' }, retryable: true });
say('tool', [called['tool'], heard.map(({ phase, method }) => `${phase} ${method}`).at(-1)]);
client.mesh.reportMetric({ success: true, latencyMs: 12, costUsd: 0.01 });
client.mesh.startHeartbeat(60_000);
client.mesh.stopHeartbeat();
say('mesh', (await client.mesh.heartbeat({ intents_total: 1 })).ok);

say('not found', await statusOf(client.getIntent('no-such-intent')));
say('stranger', await statusOf(new AxmeClient({ apiKey: stranger, baseUrl }).getCapabilities()));
say('invalid', await statusOf(client.checkNick('!')));
say('own fetch', calls.length > 10 && new Set(calls).size === 2);
// There is no close(): the program ends by itself.
