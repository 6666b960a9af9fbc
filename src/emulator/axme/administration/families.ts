import type { Core } from '../core.js';
import type { Family } from '../family.js';

/** The families around the intents: people, organizations, what they own and what they use. */
export function administrationFamilies(_core: Core): readonly Family[] {
  return [];
}
