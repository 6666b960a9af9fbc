import type { Clock } from '../../../runtime/clock.js';
import type { McpRecord } from '../record.js';
import type { McpSettings } from '../settings.js';

/** What every session of the demo server shares. */
export interface DemoContext {
  readonly clock: Clock;
  readonly settings: McpSettings;
  readonly record: McpRecord;
}
