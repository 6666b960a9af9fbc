import type { Supply } from '../supply.js';
import { Table } from '../table.js';
import type { QuotaChanges, QuotaPolicy } from './wire.js';

/** What a workspace may use until somebody says otherwise. The rate is the published one (AXME contract §1.7). */
const DEFAULTS = {
  dimensions: {
    requests_per_minute: 120,
    intents_per_day: 10_000,
    inbox_writes_per_day: 10_000,
    media_upload_bytes_per_day: 1_073_741_824,
    media_storage_bytes: 10_737_418_240,
    webhook_deliveries_per_day: 10_000,
    schema_writes_per_day: 1000,
  },
  soft_threshold_percent: 80,
  hard_enforcement: false,
  overage_mode: 'grace',
  updated_by_actor_id: null,
} as const;

/** The quota policy of each workspace (AXME contract §2.14). It is stored and shown; the emulator enforces none. */
export class Quotas {
  readonly #policies = new Table<QuotaPolicy>();
  readonly #supply: Supply;

  constructor(supply: Supply) {
    this.#supply = supply;
  }

  get(org_id: string, workspace_id: string): QuotaPolicy {
    const ids = { org_id, workspace_id };
    const fresh = () => ({ quota_policy_id: this.#supply.uuid(), ...ids, ...DEFAULTS, ...this.#supply.touched() });
    return this.#policies.get(workspace_id) ?? this.#policies.add(workspace_id, fresh());
  }

  update(changes: QuotaChanges): QuotaPolicy {
    const { org_id, workspace_id } = changes;
    const policy = this.get(org_id, workspace_id);
    return this.#policies.update(workspace_id, policy, { ...changes, ...this.#supply.touched() });
  }

  clear(): void {
    this.#policies.clear();
  }
}
