import * as v from 'valibot';
import { type FieldValues, int, text } from '../../input.js';
import { actorId, metadata, workspaceScope } from '../fields.js';

/** `PATCH /v1/billing/plan` */
export const newPlan = {
  ...workspaceScope,
  plan_code: text(2, 64),
  currency: text(3, 16),
  billing_cycle: v.optional(v.picklist(['monthly', 'annual']), 'monthly'),
  monthly_commit_minor: int(0),
  seats_included: v.optional(int(0), 0),
  overage_unit_price_minor: v.optional(int(0), 0),
  updated_by_actor_id: actorId,
  metadata,
};
export type NewPlan = FieldValues<typeof newPlan>;

export interface BillingPlan extends NewPlan {
  readonly billing_plan_id: string;
  readonly status: 'active' | 'suspended' | 'inactive';
  readonly created_at: string;
  readonly updated_at: string;
}

export const invoiceStatus = v.picklist(['draft', 'issued', 'paid', 'overdue', 'void']);

export interface Invoice {
  readonly invoice_id: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly billing_plan_id: string | null;
  readonly period_start: string;
  readonly period_end: string;
  readonly subtotal_minor: number;
  readonly total_minor: number;
  readonly currency: string;
  readonly status: v.InferOutput<typeof invoiceStatus>;
  readonly due_at: string | null;
  readonly issued_at: string | null;
  readonly paid_at: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly created_at: string;
  readonly updated_at: string;
}
