import { Hono } from 'hono';
import * as v from 'valibot';
import { readJson } from '../../body.js';
import { endpoint } from '../../endpoint.js';
import { success } from '../../envelope.js';
import { checkInput } from '../../input.js';
import { settingRoutes } from '../../setting-routes.js';
import type { EventsControl } from './control.js';
import type { EventStreamOptions } from './settings.js';

const settingNames = [
  'keepaliveMs',
  'stalled',
  'closeAtOnce',
  'contentType',
  'lineEnd',
  'multiLine',
  'byteOrderMark',
  'comments',
  'copies',
  'retryMs',
  'ids',
  'eventNames',
  'pieceBytes',
  'pieceDelayMs',
  'edits',
] as const satisfies readonly (keyof EventStreamOptions)[];

const siteToken = v.optional(v.string());
const redeliverBody = v.strictObject({ requestId: v.string() });
const frameBody = v.strictObject({ frame: v.unknown(), siteToken });
const rawBody = v.strictObject({
  text: v.optional(v.string()),
  base64: v.optional(v.pipe(v.string(), v.base64())),
  siteToken,
});

/**
 * The hooks of {@link EventsControl}, under `/__emulator/lime/events`. `streams` is how many streams were met.
 *
 * | verb, path | body | answer's `data` |
 * | --- | --- | --- |
 * | `GET /settings` | | every setting of `EventStreamOptions` |
 * | `PATCH /settings` | some of these, all or nothing | all of them |
 * | `GET /stats` | | `EventStats` |
 * | `POST /drop` | `{how?, siteToken?}` | `streams` |
 * | `POST /cut-next` | `{times?, afterBytes?}` | nothing |
 * | `POST /redeliver` | `{requestId}` | nothing |
 * | `POST /error` | `{code?, message?, siteToken?}` | `streams` |
 * | `POST /frame` | `{frame, siteToken?}` | `streams` |
 * | `POST /raw` | `{text?, base64?, siteToken?}`, one of the first two | `streams` |
 */
export function eventsControlRoutes(events: EventsControl): Hono {
  const app = new Hono();
  settingRoutes(app, settingNames, events);
  // What the bodies must look like is checked by the control itself.
  endpoint(app, '/stats', { GET: () => success(events.stats) });
  endpoint(app, '/drop', {
    POST: async (c) => success({ streams: events.drop((await readJson(c.req.raw)) as object | undefined) }),
  });
  endpoint(app, '/cut-next', {
    POST: async (c) => {
      events.cutNext((await readJson(c.req.raw)) as object | undefined);
      return success({});
    },
  });
  endpoint(app, '/redeliver', {
    POST: async (c) => {
      events.redeliver(checkInput(redeliverBody, await readJson(c.req.raw), 'body').requestId);
      return success({});
    },
  });
  endpoint(app, '/error', {
    POST: async (c) => success({ streams: events.sendError((await readJson(c.req.raw)) as object | undefined) }),
  });
  endpoint(app, '/frame', {
    POST: async (c) => {
      const { frame, ...site } = checkInput(frameBody, await readJson(c.req.raw), 'body');
      return success({ streams: events.sendFrame(frame as object, site) });
    },
  });
  endpoint(app, '/raw', {
    POST: async (c) => {
      const { text = '', base64, ...site } = checkInput(rawBody, await readJson(c.req.raw), 'body');
      const raw = base64 === undefined ? text : Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      return success({ streams: events.sendRaw(raw, site) });
    },
  });
  return app;
}
