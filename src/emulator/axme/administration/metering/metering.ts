import type { AxmeCall } from '../../call.js';
import type { Core } from '../../core.js';
import type { Family } from '../../family.js';
import type { AxmeRouter } from '../../router.js';
import { dateTime } from '../../time.js';
import { DIMENSIONS, HOUR_MS } from '../../usage-meter.js';
import { workspaceScope } from '../fields.js';
import type { Tenants } from '../organizations/tenants.js';
import type { Quotas } from './quotas.js';
import { quotaChanges, seriesQuery, summaryQuery } from './wire.js';

const DAYS = { day: 1, week: 7, month: 30 } as const;
const DAY_MS = 24 * HOUR_MS;

/** Quotas, and what the emulator's own traffic used of them (AXME contract §2.14). */
export class Metering implements Family {
  readonly #core: Core;
  readonly #quotas: Quotas;
  readonly #tenants: Tenants;

  constructor(core: Core, quotas: Quotas, tenants: Tenants) {
    this.#core = core;
    this.#quotas = quotas;
    this.#tenants = tenants;
  }

  routes(router: AxmeRouter): void {
    router.actor('/v1/quotas', {
      GET: (call) => {
        const { org_id, workspace_id } = call.query(workspaceScope);
        this.#tenants.workspace(org_id, workspace_id);
        return { ok: true, quota_policy: this.#quotas.get(org_id, workspace_id) };
      },
      PATCH: (call) => {
        const changes = call.body(quotaChanges);
        this.#tenants.workspace(changes.org_id, changes.workspace_id);
        return { ok: true, quota_policy: this.#quotas.update(changes) };
      },
    });
    router.actor('/v1/usage/summary', { GET: (call) => this.#summary(call) });
    router.actor('/v1/usage/timeseries', {
      GET: (call) => {
        const { org_id, workspace_id, window_days } = call.query(seriesQuery);
        this.#tenants.workspace(org_id, workspace_id);
        const granularity = window_days === 1 ? 'hour' : 'day';
        const points = this.#points(workspace_id, window_days, granularity === 'hour' ? HOUR_MS : DAY_MS);
        return { ok: true, series: { org_id, workspace_id, granularity, points } };
      },
    });
    // The contract names the route and no shape (§2.20).
    router.actor('/v1/usage/rollups/daily', {
      POST: (call) => {
        const { org_id, workspace_id, window_days } = call.query(seriesQuery);
        this.#tenants.workspace(org_id, workspace_id);
        const rollups = this.#points(workspace_id, window_days, DAY_MS);
        return { ok: true, org_id, workspace_id, window_days, rollups };
      },
    });
  }

  reset(): void {
    this.#quotas.clear();
  }

  #summary(call: AxmeCall): object {
    const { org_id, workspace_id, window } = call.query(summaryQuery);
    this.#tenants.workspace(org_id, workspace_id);
    const end = this.#endOfHour();
    const start = end - DAYS[window] * DAY_MS;
    const used = this.#core.activity.usage.between(workspace_id, start, end);
    const limits = this.#quotas.get(org_id, workspace_id).dimensions;
    const dimensions = DIMENSIONS.map((name) => {
      const limit = limits[name];
      return [name, { used: used[name], limit, remaining: limit - used[name] }];
    });
    return {
      ok: true,
      summary: {
        org_id,
        workspace_id,
        window_start: dateTime(start),
        window_end: dateTime(end),
        dimensions: Object.fromEntries(dimensions),
      },
    };
  }

  /** Oldest first; the last one ends with the hour that runs. */
  #points(workspaceId: string, days: number, stepMs: number): readonly object[] {
    const end = this.#endOfHour();
    const count = (days * DAY_MS) / stepMs;
    return Array.from({ length: count }, (_, index) => {
      const at = end - (count - index) * stepMs;
      return { at: dateTime(at), dimensions: this.#core.activity.usage.between(workspaceId, at, at + stepMs) };
    });
  }

  #endOfHour(): number {
    const now = this.#core.time.now();
    return now - (now % HOUR_MS) + HOUR_MS;
  }
}
