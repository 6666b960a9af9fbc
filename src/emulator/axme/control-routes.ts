import { Hono } from 'hono';
import { readJson } from '../body.js';
import { endpoint } from '../endpoint.js';
import { success } from '../envelope.js';
import { settingRoutes } from '../setting-routes.js';
import type { AddAgentOptions, AxmeControl, NewAxmeIntent, NewAxmeThread } from './control.js';
import type { AxmeOptions } from './settings.js';

const settingNames = [
  'strict',
  'staleGeneration',
  'streams',
  'completePlainIntents',
  'closeThreads',
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
 * | `POST /agents` | `AddAgentOptions` | 201, `address` and `apiKey` |
 * | `GET /intents` | | `intents`, oldest first |
 * | `POST /intents` | `NewAxmeIntent` | 201, the intent |
 * | `GET /intents/:id` | | the intent |
 * | `POST /intents/:id/move` | `MoveOptions` | the intent |
 * | `POST /intents/:id/resolve` | `ResolveOptions` | the intent |
 * | `POST /intents/:id/answer` | `TaskAnswer` | the intent |
 * | `POST /intents/:id/approve`, `/reject` | `{comment?}` | the intent |
 * | `POST /intents/:id/events` | `AddEventsOptions` | the intent |
 * | `POST /intents/:id/fail-delivery` | | the intent |
 * | `POST /threads` | `NewAxmeThread` | 201, `threadId` |
 * | `GET /approvals` | | `approvals`, oldest first |
 * | `POST /approvals` | | 201, the approval |
 * | `GET /webhook-deliveries` | | `deliveries`, oldest first |
 * | `GET /streams` | | `open`, how many there are |
 * | `POST /streams/drop` | `{how?}` | `streams`, how many there were |
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
  endpoint(app, '/agents', {
    POST: async (c) => success(axme.addAgent((await readJson(c.req.raw)) as AddAgentOptions), 201),
  });
  endpoint(app, '/intents', {
    GET: () => success({ intents: axme.listIntents() }),
    POST: async (c) => success(axme.createIntent((await readJson(c.req.raw)) as NewAxmeIntent | undefined), 201),
  });
  endpoint(app, '/intents/:id', { GET: (c) => success(axme.getIntent(c.req.param('id') ?? '')) });
  const acts = {
    move: axme.moveIntent,
    resolve: axme.resolveIntent,
    answer: axme.answerTask,
    approve: axme.approveIntent,
    reject: axme.rejectIntent,
    events: axme.addEvents,
    'fail-delivery': axme.failDelivery,
  };
  for (const [name, act] of Object.entries(acts)) {
    endpoint(app, `/intents/:id/${name}`, {
      POST: async (c) => {
        // What the body must look like is checked by the control itself.
        const options = (await readJson(c.req.raw)) as never;
        return success(act(c.req.param('id') ?? '', options));
      },
    });
  }
  endpoint(app, '/threads', {
    POST: async (c) => success(axme.openThread((await readJson(c.req.raw)) as NewAxmeThread), 201),
  });
  endpoint(app, '/approvals', {
    GET: () => success({ approvals: axme.listApprovals() }),
    POST: () => success(axme.addApproval(), 201),
  });
  endpoint(app, '/webhook-deliveries', { GET: () => success({ deliveries: axme.webhookDeliveries }) });
  endpoint(app, '/streams', { GET: () => success({ open: axme.openStreams }) });
  endpoint(app, '/streams/drop', {
    POST: async (c) => success({ streams: axme.dropStreams((await readJson(c.req.raw)) as object | undefined) }),
  });
  return app;
}
