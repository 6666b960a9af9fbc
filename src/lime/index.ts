export { LimeAgent, type LimeAgentOptions } from './agent.js';
export * from './login.js';
