import type { Family } from '../family.js';
import type { AnyOf, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** The seven things that are counted, each as `Value` (AXME contract §2.14). */
export interface QuotaDimensions<Value = number> extends Open {
  readonly requests_per_minute: Value;
  readonly intents_per_day: Value;
  readonly inbox_writes_per_day: Value;
  readonly media_upload_bytes_per_day: Value;
  readonly media_storage_bytes: Value;
  readonly webhook_deliveries_per_day: Value;
  readonly schema_writes_per_day: Value;
}

/** New quotas. */
export interface UpdateQuotaRequest extends Open {
  readonly org_id: string;
  readonly workspace_id: string;
  /** All seven: what is left out is not kept. */
  readonly dimensions: QuotaDimensions;
  /** 1 to 100. */
  readonly soft_threshold_percent?: number | undefined;
  readonly hard_enforcement?: boolean | undefined;
  readonly overage_mode: AnyOf<'block' | 'grace' | 'bill_overage'>;
  readonly updated_by_actor_id: string;
}

/** The quotas of a workspace. */
export interface QuotaPolicy extends Open {
  readonly quota_policy_id: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly dimensions: QuotaDimensions;
  readonly soft_threshold_percent: number;
  readonly hard_enforcement?: boolean | undefined;
  readonly overage_mode: AnyOf<'block' | 'grace' | 'bill_overage'>;
  readonly updated_by_actor_id?: string | null | undefined;
  readonly updated_at: string;
}

/** Quotas as they are now. */
export interface QuotaReply extends Reply {
  readonly quota_policy: QuotaPolicy;
}

/** Options of `getUsageSummary`. */
export interface UsageSummaryOptions extends RequestOptions {
  /** Default of the service: `day`. */
  readonly window?: AnyOf<'day' | 'week' | 'month'> | undefined;
}

/** How much of a dimension is used. */
export interface UsageOfDimension extends Open {
  readonly used: number;
  readonly limit: number;
  /** Negative where more is used than the limit. */
  readonly remaining: number;
}

/** What was used in a window. */
export interface UsageSummary extends Open {
  readonly org_id: string;
  readonly workspace_id: string;
  readonly window_start: string;
  readonly window_end: string;
  readonly dimensions: QuotaDimensions<UsageOfDimension>;
}

/** What was used in a window. */
export interface UsageSummaryReply extends Reply {
  readonly summary: UsageSummary;
}

/** Options of `getUsageTimeseries`. */
export interface UsageTimeseriesOptions extends RequestOptions {
  /** 1 to 90. Default of the service: 30. */
  readonly windowDays?: number | undefined;
}

/** What was used in one hour or day. */
export interface UsagePoint extends Open {
  readonly at: string;
  readonly dimensions: QuotaDimensions;
}

/** What was used over time. */
export interface UsageSeries extends Open {
  readonly org_id: string;
  readonly workspace_id: string;
  readonly granularity: AnyOf<'hour' | 'day'>;
  readonly points: readonly UsagePoint[];
}

/** What was used over time. */
export interface UsageTimeseriesReply extends Reply {
  readonly series: UsageSeries;
}

/** Quotas and usage of a workspace (AXME contract §2.14). */
export interface QuotaMethods {
  /** Sets the quotas. */
  updateQuota(payload: UpdateQuotaRequest, options?: WriteOptions): Promise<QuotaReply>;
  /** The quotas. */
  getQuota(orgId: string, workspaceId: string, options?: RequestOptions): Promise<QuotaReply>;
  /** What has been used in the current window. */
  getUsageSummary(orgId: string, workspaceId: string, options?: UsageSummaryOptions): Promise<UsageSummaryReply>;
  /** What has been used, hour by hour or day by day. */
  getUsageTimeseries(
    orgId: string,
    workspaceId: string,
    options?: UsageTimeseriesOptions,
  ): Promise<UsageTimeseriesReply>;
}

const ids = ['org_id', 'workspace_id'];

export const quotas: Family<QuotaMethods> = {
  updateQuota: { verb: 'PATCH', path: '/v1/quotas', args: ['payload'] },
  getQuota: { verb: 'GET', path: '/v1/quotas', args: ids, query: ids },
  getUsageSummary: { verb: 'GET', path: '/v1/usage/summary', args: ids, query: [...ids, 'window'] },
  getUsageTimeseries: { verb: 'GET', path: '/v1/usage/timeseries', args: ids, query: [...ids, 'window_days'] },
};
