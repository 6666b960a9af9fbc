import * as v from 'valibot';
import type { Family } from '../../family.js';
import type { AxmeRouter } from '../../router.js';
import { workspaceScope } from '../fields.js';
import type { Ledger } from './ledger.js';
import { invoiceStatus, newPlan } from './wire.js';

const filter = { ...workspaceScope, status: v.optional(invoiceStatus) };

/** Plans and invoices (AXME contract §2.14). */
export class Billing implements Family {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  routes(router: AxmeRouter): void {
    const ledger = this.#ledger;
    router.actor('/v1/billing/plan', {
      GET: (call) => {
        const { org_id, workspace_id } = call.query(workspaceScope);
        return { ok: true, billing_plan: ledger.plan(org_id, workspace_id) };
      },
      PATCH: (call) => ({ ok: true, billing_plan: ledger.setPlan(call.body(newPlan)) }),
    });
    router.actor('/v1/billing/invoices', {
      GET: (call) => ({ ok: true, invoices: ledger.invoices(call.query(filter)) }),
    });
    router.actor('/v1/billing/invoices/:invoice_id', {
      GET: (call) => ({ ok: true, invoice: ledger.invoice(call.param('invoice_id')) }),
    });
  }

  reset(): void {
    this.#ledger.clear();
  }
}
