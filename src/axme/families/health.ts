import type { Family } from '../family.js';
import type { Open } from '../open.js';
import type { RequestOptions } from '../options.js';

/** Whether the gateway is up. */
export interface HealthReply extends Open {
  readonly ok: boolean;
}

/** What the gateway can do. */
export interface CapabilitiesReply extends Open {
  readonly ok: boolean;
  readonly capabilities: readonly string[];
  /** Of the form `intent.<name>.v1`. */
  readonly supported_intent_types: readonly string[];
}

/** Whether the gateway is up, and what it can do (AXME contract §2.1). */
export interface HealthMethods {
  /** Whether the gateway is up. It answers without a credential. */
  health(options?: RequestOptions): Promise<HealthReply>;
  /** What the gateway can do, and which intent types it knows by itself. */
  getCapabilities(options?: RequestOptions): Promise<CapabilitiesReply>;
}

export const health: Family<HealthMethods> = {
  health: { verb: 'GET', path: '/health' },
  getCapabilities: { verb: 'GET', path: '/v1/capabilities' },
};
