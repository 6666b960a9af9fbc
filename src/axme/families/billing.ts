import type { Family } from '../family.js';
import type { AnyOf, JsonObject, Open, Reply } from '../open.js';
import type { RequestOptions, WriteOptions } from '../options.js';

/** What a plan costs. Amounts are in the currency's minor unit. */
export interface BillingTerms extends Open {
  readonly org_id: string;
  readonly workspace_id: string;
  readonly plan_code: string;
  readonly currency: string;
  readonly billing_cycle: AnyOf<'monthly' | 'annual'>;
  readonly monthly_commit_minor: number;
  readonly overage_unit_price_minor: number;
}

/** A new plan. */
export interface UpdateBillingPlanRequest extends BillingTerms {
  readonly seats_included?: number | undefined;
  readonly updated_by_actor_id: string;
  readonly metadata?: JsonObject | undefined;
}

/** The plan of a workspace. */
export interface BillingPlan extends BillingTerms {
  readonly billing_plan_id: string;
  readonly seats_included: number;
  readonly status: AnyOf<'active' | 'suspended' | 'inactive'>;
  readonly updated_by_actor_id: string | null;
  readonly metadata: JsonObject;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A plan as it is now. */
export interface BillingPlanReply extends Reply {
  readonly billing_plan: BillingPlan;
}

/** How far an invoice is. */
export type InvoiceStatus = AnyOf<'draft' | 'issued' | 'paid' | 'overdue' | 'void'>;

/** An invoice. Amounts are in the currency's minor unit. */
export interface Invoice extends Open {
  readonly invoice_id: string;
  readonly org_id: string;
  readonly workspace_id: string;
  readonly billing_plan_id: string | null;
  readonly period_start: string;
  readonly period_end: string;
  readonly subtotal_minor: number;
  readonly total_minor: number;
  readonly currency: string;
  readonly status: InvoiceStatus;
  readonly due_at: string | null;
  readonly issued_at: string | null;
  readonly paid_at: string | null;
  readonly metadata: JsonObject;
  readonly created_at: string;
  readonly updated_at: string;
}

/** Options of `listBillingInvoices`. */
export interface ListInvoicesOptions extends RequestOptions {
  readonly status?: InvoiceStatus | undefined;
}

/** Invoices. */
export interface ListInvoicesReply extends Reply {
  readonly invoices: readonly Invoice[];
}

/** An invoice. */
export interface InvoiceReply extends Reply {
  readonly invoice: Invoice;
}

/** The plan and invoices of a workspace (AXME contract §2.14). */
export interface BillingMethods {
  /** Sets the plan. */
  updateBillingPlan(payload: UpdateBillingPlanRequest, options?: WriteOptions): Promise<BillingPlanReply>;
  /** The plan. */
  getBillingPlan(orgId: string, workspaceId: string, options?: RequestOptions): Promise<BillingPlanReply>;
  /** The invoices. */
  listBillingInvoices(orgId: string, workspaceId: string, options?: ListInvoicesOptions): Promise<ListInvoicesReply>;
  /** One invoice. */
  getBillingInvoice(invoiceId: string, options?: RequestOptions): Promise<InvoiceReply>;
}

const ids = ['org_id', 'workspace_id'];

export const billing: Family<BillingMethods> = {
  updateBillingPlan: { verb: 'PATCH', path: '/v1/billing/plan', args: ['payload'] },
  getBillingPlan: { verb: 'GET', path: '/v1/billing/plan', args: ids, query: ids },
  listBillingInvoices: { verb: 'GET', path: '/v1/billing/invoices', args: ids, query: [...ids, 'status'] },
  getBillingInvoice: { verb: 'GET', path: '/v1/billing/invoices/{invoice_id}' },
};
