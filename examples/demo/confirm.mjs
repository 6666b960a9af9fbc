// The agent has the owner confirm what it ordered: an intent, which lasts until somebody has ended it.
import { check, line } from './scenes.mjs';

/** @param {{ axme: object, ownerAddress: string, order: object }} options */
export async function confirmOrder({ axme, ownerAddress, order }) {
  const request = {
    intent_type: 'orders.confirm.v1',
    to_agent: ownerAddress,
    payload: order,
    human_task: {
      title: `Pay for ${order.orderId}?`,
      task_type: 'approval',
      allowed_outcomes: ['approved', 'rejected'],
    },
  };
  const key = { idempotencyKey: `confirm-${order.orderId}` };
  const { intent_id: id, status } = await axme.createIntent(request, key);
  line('intent', `${id}, ${status}`);
  const again = await axme.createIntent(request, key);
  check('sent again with the same key, it is the same intent', again.intent_id === id);

  const seen = [];
  for await (const event of axme.observe(id, { timeoutMs: 20_000 })) {
    seen.push(event.event_type);
    line('event', `${event.seq}  ${event.event_type}${event.actor ? `, by ${event.actor}` : ''}`);
  }
  check('the agent sees it complete', seen[0] === 'intent.created' && seen.at(-1) === 'intent.completed');
  const { status: end } = await axme.waitFor(id, { since: 1 });
  check(`whoever asks later hears it too: ${end}`, end === 'COMPLETED');
}
