import type { AxmeCall } from '../../call.js';
import type { Family } from '../../family.js';
import type { AxmeRouter } from '../../router.js';
import type { Tenants } from '../organizations/tenants.js';
import type { Supply } from '../supply.js';
import type { Deliveries } from './deliveries.js';
import { deliveryQuery, newDelivery, operationsQuery, reconciliation } from './wire.js';

/** Deliveries, and what operators do with them (AXME contract §2.16 and §2.20). */
export class DeliveryRoutes implements Family {
  readonly #deliveries: Deliveries;
  readonly #supply: Supply;
  readonly #tenants: Tenants;

  constructor(deliveries: Deliveries, supply: Supply, tenants: Tenants) {
    this.#deliveries = deliveries;
    this.#supply = supply;
    this.#tenants = tenants;
  }

  routes(router: AxmeRouter): void {
    const deliveries = this.#deliveries;
    router.actor('/v1/deliveries', {
      GET: (call) => ({ ok: true, deliveries: deliveries.list(call.query(deliveryQuery)) }),
      POST: (call) => ({ ok: true, delivery: deliveries.submit(call.body(newDelivery)) }),
    });
    // Of the two routes of operators the contract names no shape.
    router.actor('/v1/deliveries/reconcile', { POST: (call) => this.#reconcile(call) });
    router.actor('/v1/deliveries-operations', { GET: (call) => this.#operations(call) });
    router.actor('/v1/deliveries/:id', {
      GET: (call) => ({ ok: true, delivery: deliveries.get(call.param('id')) }),
    });
    router.actor('/v1/deliveries/:id/replay', {
      POST: (call) => ({ ok: true, delivery: deliveries.replay(call.param('id')) }),
    });
  }

  reset(): void {
    this.#deliveries.clear();
  }

  #reconcile(call: AxmeCall): object {
    const order = call.body(reconciliation);
    this.#tenants.check(order.org_id, order.workspace_id);
    const ended = this.#deliveries.reconcile(order);
    const delivery_ids = ended.map(({ delivery_id }) => delivery_id);
    return { ok: true, reconciled: ended.length, target_status: order.target_status, delivery_ids };
  }

  #operations(call: AxmeCall): object {
    const { window_hours, ...scope } = call.query(operationsQuery);
    this.#tenants.check(scope.org_id, scope.workspace_id);
    const since = this.#supply.time(-window_hours * 3600);
    const by_status = this.#deliveries.countSince(scope, since);
    const total = Object.values(by_status).reduce((sum, count) => sum + count, 0);
    return { ok: true, operations: { ...scope, window_hours, total, by_status } };
  }
}
