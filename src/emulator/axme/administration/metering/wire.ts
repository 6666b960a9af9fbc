import * as v from 'valibot';
import { type FieldValues, int, queryInt } from '../../input.js';
import { DIMENSIONS, type Dimension } from '../../usage-meter.js';
import { actorId, workspaceScope } from '../fields.js';

const dimensions = v.object(
  Object.fromEntries(DIMENSIONS.map((name) => [name, int(0)])) as Record<Dimension, v.GenericSchema<number>>,
);

/** `PATCH /v1/quotas` */
export const quotaChanges = {
  ...workspaceScope,
  dimensions,
  soft_threshold_percent: v.optional(int(1, 100)),
  hard_enforcement: v.optional(v.boolean()),
  overage_mode: v.picklist(['block', 'grace', 'bill_overage']),
  updated_by_actor_id: actorId,
};
export type QuotaChanges = FieldValues<typeof quotaChanges>;

export interface QuotaPolicy extends Omit<QuotaChanges, 'updated_by_actor_id'> {
  readonly quota_policy_id: string;
  readonly soft_threshold_percent: number;
  readonly hard_enforcement: boolean;
  readonly updated_by_actor_id: string | null;
  readonly updated_at: string;
}

/** `GET /v1/usage/summary` */
export const summaryQuery = { ...workspaceScope, window: v.optional(v.picklist(['day', 'week', 'month']), 'day') };

/** `GET /v1/usage/timeseries`; `POST /v1/usage/rollups/daily` */
export const seriesQuery = { ...workspaceScope, window_days: v.optional(queryInt(1, 90), '30') };
