// The agent wants to order something, which it may not without being allowed to, each time.
import { mcpRefusal, protect } from 'countersign/agent-otp';
import { check, line } from './scenes.mjs';

/** @param {{ agent: object, otp: object, mcpUrl: string, ownerUrl: string, server: object }} options */
export async function placeOrders({ agent, otp, mcpUrl, ownerUrl, server }) {
  const order = protect(otp, {
    action: 'order.place',
    resource: ({ item }) => `item:${item}`,
    scope: ({ quantity }) => ({ max_quantity: quantity }),
    onPendingApproval: (pending) => fetch(ownerUrl, { method: 'POST', body: JSON.stringify(pending) }),
    onDenied: mcpRefusal,
  })((args) => agent.callTool(mcpUrl, 'order', args));

  const callsBefore = server.sent().length;
  const refused = await order({ item: 'apples', quantity: 500 });
  line('is told', `“${refused.content[0].text}”`);
  check('the tool was not called', refused.isError === true && server.sent().length === callsBefore);

  const { structuredContent, content } = await order({ item: 'apples', quantity: 2 });
  line('ordered', content[0].text);
  check('the tool was called once, with permission', structuredContent.orderId === 'order-1');

  const permission = await otp.requestPermission({
    action: 'order.place',
    scope: { max_quantity: 1 },
    waitForApproval: true,
    onPendingApproval: (pending) => fetch(ownerUrl, { method: 'POST', body: JSON.stringify(pending) }),
  });
  const first = await otp.useToken(permission.id, permission.token);
  const second = await otp.useToken(permission.id, permission.token);
  check(`a token is good once: then “${second.reason}”`, first.success && !second.success);
  check('no log and no JSON shows it', !JSON.stringify(permission).includes(permission.token));
  return structuredContent;
}
