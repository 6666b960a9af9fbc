export { LimeAgent } from './agent.js';
export * from './login.js';
