// The agent. It has its secrets, and knows the addresses of a site, of an MCP server and of its owner.
import { AgentOtpClient } from 'countersign/agent-otp';
import { AxmeClient } from 'countersign/axme';
import { LimeAgent } from 'countersign/lime';
import { diagnose } from 'countersign/pow';
import { confirmOrder } from './confirm.mjs';
import { logIn } from './login.mjs';
import { placeOrders } from './order.mjs';
import { check, line, play } from './scenes.mjs';
import { callTools, getToken } from './tools.mjs';
import { watch } from './watch.mjs';

const { LIME_AGENT_TOKEN: agentToken, AGENT_OTP_API_KEY: apiKey } = process.env;
const { MCP_URL: mcpUrl, SITE_URL: siteUrl, OWNER_URL: ownerUrl, OWNER_ADDRESS: ownerAddress } = process.env;

// What the agent sends is told to nobody, so the demo looks over its shoulder.
const platform = watch();
const server = watch();
const agent = new LimeAgent({
  fetch: platform.fetch,
  mcpFetch: server.fetch,
  // The emulator is on this machine; elsewhere such targets are refused.
  allowInsecureTargets: true,
});
const otp = new AgentOtpClient();
const axme = new AxmeClient();
let agentId;

play({
  arrive() {
    line('process', `${process.pid}, an agent`);
  },
  logIn: (difficulty) => logIn({ agent, siteUrl, difficulty, seen: platform }),
  async profile() {
    const profile = await agent.getProfile();
    line('name', `${profile.displayName}, ${profile.agentId}`);
    line('owner', profile.ownerId);
    check('it has an owner, who answers for it', typeof profile.ownerId === 'string' && profile.ownerId !== '');
    agentId = profile.agentId;
  },
  token: () => getToken({ agent, mcpUrl, agentId }),
  tools: () => callTools({ agent, mcpUrl, agentId }),
  orders: () => placeOrders({ agent, otp, mcpUrl, ownerUrl, server }),
  confirm: (order) => confirmOrder({ axme, ownerAddress, order }),
  secrets() {
    const bearers = server.headers('authorization');
    check(
      `the MCP server saw an access token ${bearers.length} times`,
      bearers.length > 0 && bearers.every((value) => value.startsWith('Bearer eyJ')),
    );
    check('the MCP server never saw the agent token', !server.sent().includes(agentToken));
    check('neither it nor LIME saw the API key', ![server, platform].some((seen) => seen.sent().includes(apiKey)));
    check('LIME never saw the access token', !bearers.some((value) => platform.sent().includes(value.slice(7))));
  },
  async machine() {
    const { runtime, cores, kernels } = await diagnose();
    line('runtime', `${runtime} ${process.versions.node}, ${cores} cores`);
    for (const [kernel, rate] of Object.entries(kernels.rates)) {
      const text = `${(rate / 1e6).toFixed(1)} million hashes/s on one thread`;
      line(kernel, `${text}${kernel === kernels.best ? ', which is taken' : ''}`);
    }
  },
  leave: () => Promise.all([agent.close(), otp.close(), axme.close()]),
});
