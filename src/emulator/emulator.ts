import type { Clock } from '../runtime/clock.js';
import type { AxmeControl } from './axme/control.js';
import type { AxmeOptions } from './axme/settings.js';
import type { EmulatorClock } from './clock.js';
import type { Faults } from './faults/fault.js';
import type { LimeControl } from './lime/control.js';
import type { LimeStartOptions } from './lime/platform.js';
import type { McpControl } from './mcp/control.js';
import type { McpOptions } from './mcp/settings.js';
import type { SeenRequest } from './request-log.js';

export interface EmulatorOptions {
  /** Makes ids, tokens and challenges the same each time. Default: they are cryptographically random. */
  readonly seed?: string | number | undefined;
  /** The clock that the emulator's own runs with. Default: real time. */
  readonly clock?: Clock | undefined;
  readonly lime?: LimeStartOptions | undefined;
  readonly mcp?: McpOptions | undefined;
  readonly axme?: AxmeOptions | undefined;
}

/** The platforms in memory. Everything is kept within bounds; nothing is written anywhere. */
export interface Emulator {
  /**
   * Answers a request, as the global `fetch` would: `(url, init)` or `(request)`, bound to nothing. Beside a Request a
   * second argument is ignored, because servers pass their own there. Rejects only when a fault cuts the connection
   * (TypeError) or the request's signal aborts (its reason).
   */
  readonly fetch: (input: Request | URL | string, init?: RequestInit) => Promise<Response>;
  readonly lime: LimeControl;
  readonly mcp: McpControl;
  readonly axme: AxmeControl;
  readonly faults: Faults;
  readonly clock: EmulatorClock;
  /** The latest requests that reached a platform, newest last, without secrets and bodies. */
  readonly requests: readonly SeenRequest[];
  /** Back to how it was created: requests, sessions, faults, settings, accounts, keys and the clock. The first tokens stay. */
  reset(): void;
  /** Ends what is still open: sessions, streams, tools that run. What it holds stays, and it goes on answering. */
  close(): Promise<void>;
}
