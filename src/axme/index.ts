export { AxmeClient, type AxmeMethods } from './client.js';
export type { AxmeClientConfig, McpObserverEvent } from './config.js';
export * from './errors.js';
export type { AnyOf, JsonObject, Open } from './open.js';
export type * from './options.js';
