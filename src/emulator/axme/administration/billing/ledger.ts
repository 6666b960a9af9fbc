import type { Tenants } from '../organizations/tenants.js';
import { existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { type Changes, Table } from '../table.js';
import type { BillingPlan, Invoice, NewPlan } from './wire.js';

/** What an invoice that is seeded needs to say; the rest is made up. */
export type NewInvoice = Pick<Invoice, 'org_id' | 'workspace_id'> & Changes<Invoice>;

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

  /** Adds an invoice. By default it is issued now, for the last 30 days, over what the plan commits to, due in 14 days. */
  seedInvoice(given: NewInvoice): Invoice {
    const plan = this.#plans.get(given.workspace_id);
    const total_minor = given.total_minor ?? given.subtotal_minor ?? plan?.monthly_commit_minor ?? 0;
    const invoice_id = given.invoice_id ?? this.#supply.id('inv');
    const day = 86_400;
    const row: Invoice = {
      invoice_id,
      org_id: given.org_id,
      workspace_id: given.workspace_id,
      billing_plan_id: plan?.billing_plan_id ?? null,
      period_start: this.#supply.time(-30 * day),
      period_end: this.#supply.time(),
      subtotal_minor: total_minor,
      total_minor,
      currency: plan?.currency ?? 'USD',
      status: 'issued',
      due_at: this.#supply.time(14 * day),
      issued_at: this.#supply.time(),
      paid_at: given.status === 'paid' ? this.#supply.time() : null,
      metadata: {},
      ...this.#supply.born(),
    };
    this.#invoices.add(invoice_id, row);
    return this.#invoices.update(invoice_id, row, given);
  }

  clear(): void {
    this.#plans.clear();
    this.#invoices.clear();
  }
}
