import { canonicalJson } from '../../canonical.js';
import type { Core } from '../../core.js';
import { conflict } from '../../refusal.js';
import type { Tenants } from '../organizations/tenants.js';
import { existing } from '../refusals.js';
import type { Supply } from '../supply.js';
import { type Changes, Table } from '../table.js';
import type { DeliveryStatus } from './delivery-status.js';
import type { Directory } from './directory.js';
import type { Delivery, NewDelivery, Reconciliation } from './wire.js';

/** What was sent over the routes of principals (AXME contract §2.16). Nothing really is: it is recorded as if. */
export class Deliveries {
  readonly #deliveries = new Table<Delivery>(10_000);
  readonly #core: Core;
  readonly #supply: Supply;
  readonly #directory: Directory;
  readonly #tenants: Tenants;

  constructor(core: Core, supply: Supply, directory: Directory, tenants: Tenants) {
    this.#core = core;
    this.#supply = supply;
    this.#directory = directory;
    this.#tenants = tenants;
  }

  /**
   * Records a delivery over the route that {@link Directory.resolve} picks; once for each `idempotency_key` of a workspace.
   *
   * @throws {AxmeRefusal} as {@link Directory.resolve}; 409: the key was used with another payload.
   */
  submit(given: NewDelivery): Delivery {
    const { org_id, workspace_id, payload, correlation_id, idempotency_key } = given;
    const before = idempotency_key === null ? undefined : this.#deliveries.find({ workspace_id, idempotency_key });
    if (before !== undefined) {
      if (!isSame(before, given)) throw conflict('idempotency key reused with different payload');
      return before;
    }
    const { alias, principal, route } = this.#directory.resolve(given);
    return this.#add({
      replay_of_delivery_id: null,
      org_id,
      workspace_id,
      principal_id: principal.principal_id,
      alias: alias?.alias ?? null,
      transport_type: route.transport_type,
      route_id: route.route_id,
      correlation_id,
      idempotency_key,
      payload,
    });
  }

  /** @throws {AxmeRefusal} 404. */
  list({
    limit,
    ...where
  }: { readonly org_id: string; readonly limit: number } & Changes<Delivery>): readonly Delivery[] {
    this.#tenants.check(where.org_id, where.workspace_id);
    return this.#deliveries.list(where).slice(0, limit);
  }

  /** @throws {AxmeRefusal} 404. */
  get(delivery_id: string): Delivery {
    return existing(this.#deliveries.get(delivery_id), 'delivery');
  }

  /** A new delivery that names the old one. @throws {AxmeRefusal} 404. */
  replay(delivery_id: string): Delivery {
    // A key of the body stands for one delivery, and this is another.
    return this.#add({ ...this.get(delivery_id), replay_of_delivery_id: delivery_id, idempotency_key: null });
  }

  /** How many there were lately, by status. */
  countSince(where: Changes<Delivery>, since: string): Readonly<Record<DeliveryStatus, number>> {
    const counts = { submitted: 0, delivered: 0, failed: 0, pending: 0, dead_lettered: 0 };
    for (const { status, created_at } of this.#deliveries.list(where)) if (created_at >= since) counts[status] += 1;
    return counts;
  }

  /** Ends what has been pending for too long, the oldest first. */
  reconcile(order: Reconciliation): readonly Delivery[] {
    const { org_id, workspace_id, max_pending_age_seconds, limit, target_status, reason } = order;
    const before = this.#supply.time(-max_pending_age_seconds);
    const waiting = this.#deliveries.list({ org_id, workspace_id, status: 'pending' });
    const old = waiting.filter(({ updated_at }) => updated_at <= before).slice(0, limit);
    const error_detail = target_status === 'dead_lettered' ? (reason ?? 'pending for too long') : null;
    const changes = { status: target_status, error_detail, ...this.#supply.touched() };
    return old.map((delivery) => this.#deliveries.update(delivery.delivery_id, delivery, changes));
  }

  clear(): void {
    this.#deliveries.clear();
  }

  #add(delivery: Omit<Delivery, 'delivery_id' | 'status' | 'error_detail' | 'created_at' | 'updated_at'>): Delivery {
    const delivery_id = this.#supply.id('dlv');
    const status = this.#core.settings.now.deliveryOutcome;
    const failed = status === 'failed' || status === 'dead_lettered';
    const outcome = { status, error_detail: failed ? 'the emulator was told to fail' : null };
    return this.#deliveries.add(delivery_id, { ...delivery, delivery_id, ...outcome, ...this.#supply.born() });
  }
}

/** Whether a delivery is what is asked for again. */
function isSame(before: Delivery, { alias, principal_id, payload }: NewDelivery): boolean {
  const toTheSame =
    (alias ?? before.alias) === before.alias && (principal_id ?? before.principal_id) === before.principal_id;
  return toTheSame && canonicalJson(payload) === canonicalJson(before.payload);
}
