import type { Family } from './family.js';
import type { AxmeRouter } from './router.js';

const CAPABILITIES = [
  'intents',
  'intents.events.stream',
  'intents.controls',
  'intents.human_tasks',
  'scenarios',
  'inbox',
  'approvals',
  'schemas',
  'media',
  'webhooks',
  'sessions',
  'mesh',
  'mcp',
];

const INTENT_TYPES = ['intent.ask.v1', 'intent.notify.v1', 'intent.approval.v1', 'intent.task.v1'];

/** Health and capabilities (AXME contract §2.1). */
export class Health implements Family {
  routes(router: AxmeRouter): void {
    router.open('/health', { GET: () => ({ ok: true }) });
    router.machine('/v1/capabilities', {
      GET: () => ({ ok: true, capabilities: CAPABILITIES, supported_intent_types: INTENT_TYPES }),
    });
  }

  reset(): void {}
}
