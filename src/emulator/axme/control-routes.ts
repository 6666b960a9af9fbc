import { Hono } from 'hono';
import { readJson } from '../body.js';
import { endpoint } from '../endpoint.js';
import { success } from '../envelope.js';
import { settingRoutes } from '../setting-routes.js';
import type { AxmeControl } from './control.js';
import type { AxmeOptions } from './settings.js';

const settingNames = [
  'strict',
  'staleGeneration',
  'streams',
  'completePlainIntents',
  'legacyStatus',
  'keepaliveMs',
  'redeliveryMs',
  'deliveryOutcome',
  'sendWebhooks',
  'webhookAttempts',
  'webhookRetryMs',
  'heartbeatMs',
] as const satisfies readonly (keyof AxmeOptions)[];

/**
 * The hooks of {@link AxmeControl} for scripts and other languages, under `/__emulator/axme`. Answers are enveloped as
 * LIME's are.
 *
 * | verb, path | body | answer's `data` |
 * | --- | --- | --- |
 * | `GET /settings` | | every setting of `AxmeOptions` |
 * | `PATCH /settings` | some of these, all or nothing | all of them |
 * | `POST /actors` | `ActorOptions` | 201, the actor with its `token` |
 * | `POST /invoices` | `InvoiceOptions` | 201, the invoice as the gateway tells it |
 */
export function axmeControlRoutes(axme: AxmeControl): Hono {
  const app = new Hono();
  settingRoutes(app, settingNames, axme);
  // What the bodies must look like is checked by the control itself.
  endpoint(app, '/actors', {
    POST: async (c) => success(axme.addActor((await readJson(c.req.raw)) as object | undefined), 201),
  });
  endpoint(app, '/invoices', {
    POST: async (c) => success(axme.addInvoice((await readJson(c.req.raw)) as object | undefined), 201),
  });
  return app;
}
