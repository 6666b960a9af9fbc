// Two copies of the package on one page.
import { isCountersignError as otherBrand } from 'another-copy/errors';
import { LimeLogin as OtherLogin } from 'another-copy/lime/login';
import { createSolver as createOtherSolver, diagnose as diagnoseOther, solve as solveOther } from 'another-copy/pow';
import { isCountersignError } from 'countersign/errors';
import { LimeLogin } from 'countersign/lime/login';
import { createSolver, diagnose, solve, verify } from 'countersign/pow';
import { createLoginRequest } from '../conformance/emulator.mjs';
import { report } from './report.mjs';

report(async (context) => {
  // One after the other, so that it is the first that gets a Trusted Types policy of which there may be only one.
  const transports = [(await diagnose()).transport, (await diagnoseOther()).transport];
  const questions = Array.from({ length: 20 }, (_, i) => ({
    challenge: `copies-${i}`,
    difficulty: 10,
    timeoutMs: 30_000,
  }));
  const solutions = await Promise.all(questions.map((question, i) => [solve, solveOther][i % 2](question)));
  const refusals = [solve, solveOther].map((solve) => solve({ challenge: 7, difficulty: 1 }).catch((error) => error));
  const errors = await Promise.all(refusals);

  const { agentToken, apiBase: baseUrl } = context.emulator.lime;
  const solvers = [createSolver(), createOtherSolver()];
  const statuses = [];
  const lost = [];
  for (const [i, Login] of [OtherLogin, LimeLogin].entries()) {
    // Each with the other's solver.
    const agent = new Login({ agentToken, baseUrl, solver: solvers[i] });
    const { requestId } = await createLoginRequest(context);
    statuses.push((await agent.login(requestId)).status);
    await solvers[i].close();
    lost.push((await agent.login((await createLoginRequest(context)).requestId).catch((error) => error)).code);
  }
  return {
    transports,
    different: solve !== solveOther,
    solved: solutions.every(({ nonce }, i) => verify({ ...questions[i], nonce })),
    recognised: errors.every((error) => isCountersignError(error) && otherBrand(error)),
    statuses,
    lost,
    trustedTypes: typeof trustedTypes !== 'undefined',
  };
});
