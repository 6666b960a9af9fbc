// The human who owns the agent, by a program that decides as the human would: on permissions, for which the agent sends a
// link; and on intents, which come into an inbox.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { AgentOtpClient } from 'countersign/agent-otp';
import { AxmeClient } from 'countersign/axme';
import { check, line, play } from './scenes.mjs';

const { AGENT_OTP_OWNER_ID: ownerId, OWNER_ADDRESS: ownerAgent } = process.env;
const client = new AgentOtpClient({ ownerId });
const axme = new AxmeClient();
const requests = [];

const server = createServer(async (request, response) => {
  const { permissionId, approvalUrl } = JSON.parse((await request.toArray()).join(''));
  requests.push(request.headers);
  response.writeHead(202).end();
  line('is asked', approvalUrl);
  await decide(permissionId);
});

/** An order of ten or fewer is fine. What is asked for, the audit log says: the agent might say something else. */
async function decide(permissionId) {
  const [request] = await client.getPermissionAuditTrail(permissionId);
  const { action, scope } = request.details;
  const approved = scope.max_quantity <= 10;
  const reason = approved ? 'Enjoy.' : 'Nobody eats so many apples.';
  await client.decidePermission(permissionId, { approved, reason });
  line('decides', `${action} of up to ${scope.max_quantity}: ${approved ? 'yes' : 'no'}. “${reason}”`);
}

play({
  async arrive() {
    server.listen(0, 'localhost');
    await once(server, 'listening');
    line('process', `${process.pid}, the owner of the agent`);
    return `http://localhost:${server.address().port}`;
  },
  async audit() {
    const { data } = await client.getAuditLogs();
    const events = data.map(({ eventType }) => eventType).reverse();
    line('audit log', events.join(', '));
    check(
      'it has the denial, the approval and the use',
      ['deny', 'approve', 'use'].every((one) => events.includes(one)),
    );
  },
  async inbox() {
    for await (const { intent_id: id } of axme.listen(ownerAgent, { timeoutMs: 20_000 })) {
      const { intent } = await axme.getIntent(id);
      line('inbox', `“${intent.human_task.title}” It is about ${intent.payload.quantity} × ${intent.payload.item}.`);
      const { thread } = await axme.approveInboxThread(id, { comment: 'Paid.' }, { ownerAgent });
      line('approves', `thread ${thread.thread_id}, now ${thread.status}`);
      check('the thread is the intent’s', thread.intent_id === id);
      return;
    }
  },
  async leave() {
    await axme.close();
    await client.close();
    server.close();
    server.closeAllConnections();
  },
});
