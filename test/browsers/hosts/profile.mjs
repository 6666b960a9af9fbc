// Logs in under the page's content security policy, and tells how that went.
import { LimeAgent } from 'countersign';
import { LimeLogin } from 'countersign/lime/login';
import { createSolver, diagnose } from 'countersign/pow';
import { createLoginRequest } from '../conformance/emulator.mjs';
import { report } from './report.mjs';

const blocked = new Set();
addEventListener('securitypolicyviolation', ({ effectiveDirective }) => blocked.add(effectiveDirective));

const HOPELESS = { challenge: 'c', difficulty: 250, maxDifficulty: 256, timeoutMs: 500 };

report(async (context) => {
  const { emulator, workerUrl } = context;
  const { requestId } = await createLoginRequest(context, { difficulty: 14 });
  const solver = createSolver({ workerUrl });
  const agent = new LimeLogin({
    agentToken: emulator.lime.agentToken,
    baseUrl: emulator.lime.apiBase,
    // Firefox compiles the kernels well only after a while, and on a busy machine that is long.
    powTimeoutMs: 30_000,
    ...(workerUrl && { solver }),
  });
  const { status, proofOfWork } = await agent.login(requestId);
  const { kernels, transport, why } = await (workerUrl ? solver.findings() : diagnose());
  // A page that is blocked while it solves has no turn of its timer.
  let turns = 0;
  const beat = setInterval(() => turns++, 10);
  await solver.solve(HOPELESS).catch(() => undefined);
  clearInterval(beat);
  await solver.close();
  const reported = [...blocked].sort();
  return {
    sum: await callTool(emulator.lime),
    status,
    kernel: proofOfWork.kernel,
    transport: proofOfWork.transport,
    diagnosis: { ...kernels, transport, why },
    turns,
    trustedTypes: typeof trustedTypes !== 'undefined',
    blocked: reported,
  };
});

/** MCP looks whether it may compile code, which some browsers report as blocked. */
async function callTool({ agentToken, apiBase, mcpUrl }) {
  const agent = new LimeAgent({ agentToken, baseUrl: apiBase, allowInsecureTargets: true });
  try {
    return (await agent.callTool(mcpUrl, 'add', { a: 2, b: 3 })).structuredContent.sum;
  } finally {
    await agent.close();
  }
}
