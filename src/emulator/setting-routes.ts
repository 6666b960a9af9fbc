import type { Hono } from 'hono';
import { readJson } from './body.js';
import { endpoint } from './endpoint.js';
import { success } from './envelope.js';

/** `GET /settings` answers `{name: value, …}`; `PATCH /settings` sets some of them, all or nothing, and answers all. */
export function settingRoutes<Names extends string>(
  app: Hono,
  names: readonly Names[],
  control: Readonly<Record<Names, unknown>> & { configure(settings: object): void },
): void {
  const settingsNow = () => success(Object.fromEntries(names.map((name) => [name, control[name]])));
  endpoint(app, '/settings', {
    GET: settingsNow,
    PATCH: async (c) => {
      // `configure` checks it.
      control.configure(((await readJson(c.req.raw)) ?? {}) as object);
      return settingsNow();
    },
  });
}
