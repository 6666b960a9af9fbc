import type { Tenants } from '../organizations/tenants.js';
import { existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { type Changes, Table } from '../table.js';
import type { InvoiceOptions } from './invoice-options.js';
import type { BillingPlan, Invoice, NewPlan } from './wire.js';

/** Whose invoice it is. */
type InvoicePlace = { readonly orgId: string; readonly workspaceId: string };

/** The plan of each workspace, and its invoices (AXME contract §2.14). */
export class Ledger {
  readonly #plans = new Table<BillingPlan>();
  readonly #invoices = new Table<Invoice>();
  readonly #supply: Supply;
  readonly #tenants: Tenants;

  constructor(supply: Supply, tenants: Tenants) {
    this.#supply = supply;
    this.#tenants = tenants;
  }

  /** @throws {AxmeRefusal} 404: there is no such workspace, or it has no plan. */
  plan(org_id: string, workspace_id: string): BillingPlan {
    this.#tenants.workspace(org_id, workspace_id);
    return existing(this.#plans.get(workspace_id), 'billing plan');
  }

  /** Sets the workspace's plan, its first or another. @throws {AxmeRefusal} 404. */
  setPlan(given: NewPlan): BillingPlan {
    const { org_id, workspace_id } = given;
    this.#tenants.workspace(org_id, workspace_id);
    const plan = this.#plans.get(workspace_id);
    if (plan !== undefined) return this.#plans.update(workspace_id, plan, { ...given, ...this.#supply.touched() });
    const billing_plan_id = this.#supply.id('bpl');
    return this.#plans.add(workspace_id, { billing_plan_id, ...given, status: 'active', ...this.#supply.born() });
  }

  /** @throws {AxmeRefusal} 404. */
  invoices(where: Pick<Invoice, 'org_id' | 'workspace_id'> & Changes<Invoice>): readonly Invoice[] {
    this.#tenants.workspace(where.org_id, where.workspace_id);
    return this.#invoices.list(where);
  }

  /** @throws {AxmeRefusal} 404. */
  invoice(invoice_id: string): Invoice {
    return existing(this.#invoices.get(invoice_id), 'invoice');
  }

  /** Adds an invoice over the last 30 days, issued now and due in 14 days; what is not given is as the plan says. */
  addInvoice({ orgId, workspaceId, status = 'issued', ...given }: InvoiceOptions & InvoicePlace): Invoice {
    const plan = this.#plans.get(workspaceId);
    const invoice_id = this.#supply.id('inv');
    const total_minor = given.totalMinor ?? plan?.monthly_commit_minor ?? 0;
    const day = 86_400;
    return this.#invoices.add(invoice_id, {
      invoice_id,
      org_id: orgId,
      workspace_id: workspaceId,
      billing_plan_id: plan?.billing_plan_id ?? null,
      period_start: this.#supply.time(-30 * day),
      period_end: this.#supply.time(),
      subtotal_minor: given.subtotalMinor ?? total_minor,
      total_minor,
      currency: given.currency ?? plan?.currency ?? 'USD',
      status,
      due_at: status === 'draft' ? null : this.#supply.time(14 * day),
      issued_at: status === 'draft' ? null : this.#supply.time(),
      paid_at: status === 'paid' ? this.#supply.time() : null,
      metadata: given.metadata ?? {},
      ...this.#supply.born(),
    });
  }

  clear(): void {
    this.#plans.clear();
    this.#invoices.clear();
  }
}
