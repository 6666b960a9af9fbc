// countersign/axme: durable intents.
import {
  AxmeClient,
  type AxmeClientConfig,
  AxmeError,
  AxmeHttpError,
  type CreateIntentReply,
  type Intent,
  type IntentEvent,
} from 'countersign/axme';

export async function intend(signal: AbortSignal): Promise<[CreateIntentReply, Intent]> {
  const config: AxmeClientConfig = { apiKey: 'key', timeoutMs: 1000 };
  const client = new AxmeClient(config);
  const made = await client.createIntent(
    { intent_type: 'demo.order.v1', from_agent: 'agent://a', to_agent: 'agent://b', payload: { item: 'tea' } },
    { signal },
  );
  const events: IntentEvent[] = [];
  for await (const event of client.observe(made.intent_id, { signal })) events.push(event);
  const { intent } = await client.getIntent(made.intent_id);
  await client.close();
  return [made, intent];
}

export function why(error: unknown): string {
  if (error instanceof AxmeHttpError) return `${error.statusCode}`;
  return error instanceof AxmeError ? error.code : '';
}
