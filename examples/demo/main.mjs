// The whole story, against the emulator: a site, an agent and its owner, each a process of its own with secrets of its own.
// The agent proves itself, the site verifies its passport and opens a session; the agent calls tools of an MCP server, which
// verifies its token; before it orders something it asks its owner, who afterwards confirms the order. `npm run demo` runs it on a fresh clone. It ends with
// status 0 only if every check came out true.
import { startEmulator } from 'countersign/emulator/node';
import { startActor } from './actor.mjs';
import { checks, failures, heading, tell } from './stage.mjs';

const actors = [];
const stop = () => {
  for (const actor of actors) actor.kill();
};
process.once('exit', stop);
for (const [name, status] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(name, () => process.exit(status));
}

const emulator = await startEmulator();
const { apiBase: LIME_API_BASE, agentToken, siteToken, mcpUrl: MCP_URL } = emulator.lime;
const { baseUrl: AGENT_OTP_BASE_URL, apiKey: AGENT_OTP_API_KEY, ownerId: AGENT_OTP_OWNER_ID } = emulator.agentOtp;
const { baseUrl: AXME_BASE_URL, apiKey: AXME_API_KEY } = emulator.axme;
const { address: OWNER_ADDRESS, apiKey: ownersKey } = emulator.emulator.axme.addAgent({
  address: 'agent://acme/orders/owner',
});
function start(name, env) {
  const actor = startActor(name, env);
  actors.push(actor);
  return actor;
}

try {
  heading('four processes');
  tell('lime', { line: ['process', `${process.pid}, the emulator at ${LIME_API_BASE}`] });
  tell('lime', { line: ['MCP server', MCP_URL] });
  const site = start('site', { LIME_API_BASE, LIME_SITE_TOKEN: siteToken });
  const SITE_URL = await site.play('open');
  const owner = start('owner', {
    AGENT_OTP_BASE_URL,
    AGENT_OTP_OWNER_ID,
    AXME_BASE_URL,
    AXME_API_KEY: ownersKey,
    OWNER_ADDRESS,
  });
  const OWNER_URL = await owner.play('arrive');
  const agentsLime = { LIME_API_BASE, LIME_AGENT_TOKEN: agentToken, MCP_URL, SITE_URL };
  const agentsOwn = { AGENT_OTP_BASE_URL, AGENT_OTP_API_KEY, AXME_BASE_URL, AXME_API_KEY, OWNER_URL, OWNER_ADDRESS };
  const agent = start('agent', { ...agentsLime, ...agentsOwn });
  await agent.play('arrive');

  for (const difficulty of [15, 20]) {
    heading(`a login at difficulty ${difficulty}`);
    emulator.emulator.lime.difficulty = difficulty;
    await agent.play('logIn', difficulty);
  }
  heading('who the agent is');
  await agent.play('profile');
  heading('an access token for the MCP server');
  await agent.play('token');
  heading('tool calls');
  await agent.play('tools');
  heading('orders, which the owner is asked about');
  const order = await agent.play('orders');
  await owner.play('audit');
  heading('an intent, which the owner confirms');
  await Promise.all([owner.play('inbox'), agent.play('confirm', order)]);
  heading('who saw which secret');
  await agent.play('secrets');
  await site.play('secrets');
  heading('this machine');
  await agent.play('machine');
  await Promise.all([agent.leave(), site.leave(), owner.leave()]);
} catch (error) {
  tell('lime', { check: [`the story came to its end: ${error.message}`, false] });
} finally {
  stop();
  await emulator.close();
}

heading(failures() === 0 ? `All ${checks()} checks were true.` : `${failures()} of ${checks()} checks failed.`);
process.exitCode = failures() === 0 ? 0 : 1;
