import type { Family } from '../../family.js';
import type { AxmeRouter } from '../../router.js';
import { organizationScope } from '../fields.js';
import type { ServiceAccounts } from './accounts.js';
import { newKey, newServiceAccount, type ServiceAccount } from './wire.js';

/** Service accounts and their keys (AXME contract §2.15). */
export class ServiceAccountRoutes implements Family {
  readonly #accounts: ServiceAccounts;

  constructor(accounts: ServiceAccounts) {
    this.#accounts = accounts;
  }

  routes(router: AxmeRouter): void {
    const accounts = this.#accounts;
    router.actor('/v1/service-accounts', {
      GET: (call) => ({ ok: true, service_accounts: accounts.list(call.query(organizationScope)).map(seen) }),
      POST: (call) => {
        const account = accounts.create(call.body(newServiceAccount));
        return { ok: true, service_account: { ...account, display_name: null } };
      },
    });
    router.actor('/v1/service-accounts/:id', {
      GET: (call) => ({ ok: true, service_account: seen(accounts.get(call.param('id'))) }),
    });
    router.actor('/v1/service-accounts/:id/keys', {
      POST: (call) => {
        const { expires_at } = call.body(newKey);
        const { revoked_at: _, ...key } = accounts.createKey(call.param('id'), expires_at);
        return { ok: true, key };
      },
    });
    router.actor('/v1/service-accounts/:id/keys/:key_id/revoke', {
      POST: (call) => {
        const key = accounts.revokeKey(call.param('id'), call.param('key_id'));
        const { service_account_id, key_id, status, revoked_at } = key;
        return { ok: true, key: { service_account_id, key_id, status, revoked_at } };
      },
    });
  }

  reset(): void {
    this.#accounts.reset();
  }
}

function seen({ agent_address: _, ...account }: ServiceAccount): object {
  return account;
}
