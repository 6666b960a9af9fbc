// The story so far, against the emulator: a site creates login requests, an agent proves itself and is let in; then it calls
// tools of an MCP server. `npm run demo` runs it on a fresh clone. It ends with status 0 only if every check came out true.
import { startEmulator } from 'countersign/emulator/node';
import { LimeAgent } from 'countersign/lime';
import { diagnose } from 'countersign/pow';
import { logIn } from './login.mjs';
import { check, checks, failures, heading, line, millions } from './stage.mjs';
import { callTools } from './tools.mjs';
import { watch } from './watch.mjs';

const emulator = await startEmulator();
const { apiBase, agentToken, mcpUrl } = emulator.lime;

heading('countersign demo');
line('platform', `LIME, emulated at ${apiBase}`);
line('server', `MCP, emulated at ${mcpUrl}`);

// What the agent sends is told to nobody, so the demo looks over its shoulder.
const platform = watch();
const server = watch();
const agent = new LimeAgent({
  agentToken,
  baseUrl: apiBase,
  fetch: platform.fetch,
  mcpFetch: server.fetch,
  // The emulator is on this machine; elsewhere such targets are refused.
  allowInsecureTargets: true,
});

try {
  for (const difficulty of [15, 20]) await logIn({ agent, emulator, difficulty, seen: platform });
  await callTools({ agent, mcpUrl });

  heading('secrets');
  const bearers = server.headers('authorization');
  check(
    `the MCP server saw an access token ${bearers.length} times`,
    bearers.length > 0 && bearers.every((value) => value.startsWith('Bearer eyJ')),
  );
  check('the MCP server never saw the agent token', !server.sent().includes(agentToken));
  check('LIME never saw the access token', !bearers.some((value) => platform.sent().includes(value.slice(7))));

  const { runtime, cores, kernels } = await diagnose();
  heading('this machine');
  line('runtime', `${runtime} ${process.versions.node}, ${cores} cores`);
  for (const [kernel, rate] of Object.entries(kernels.rates)) {
    line(kernel, `${millions(rate)} hashes/s on one thread${kernel === kernels.best ? ', which is taken' : ''}`);
  }
} finally {
  await agent.close();
  await emulator.close();
}

heading(failures() === 0 ? `All ${checks()} checks were true.` : `${failures()} of ${checks()} checks failed.`);
process.exitCode = failures() === 0 ? 0 : 1;
