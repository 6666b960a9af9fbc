export { AgentOtpClient } from './agent-otp/client.js';
export { AxmeClient } from './axme/client.js';
export { CountersignError, type CountersignErrorInit, isCountersignError } from './errors.js';
export { LimeAgent } from './lime/agent.js';
export { TokenVerifier } from './lime/resource-server/index.js';
export { LimeSite } from './lime/site/lime-site.js';
export { createSolver, estimate, solve as solvePow, verify as verifyPow } from './pow/index.js';
