import type { Core } from '../core.js';
import type { Family } from '../family.js';
import { Addressing } from './addressing/addressing.js';
import { Deliveries } from './addressing/deliveries.js';
import { DeliveryRoutes } from './addressing/delivery-routes.js';
import { Directory } from './addressing/directory.js';
import { Audit } from './audit/audit.js';
import { Billing } from './billing/billing.js';
import { Ledger } from './billing/ledger.js';
import { Media } from './media/media.js';
import { Uploads } from './media/uploads.js';
import { Metering } from './metering/metering.js';
import { Quotas } from './metering/quotas.js';
import { Access } from './organizations/access.js';
import { AccessRequests } from './organizations/access-requests.js';
import { Organizations } from './organizations/organizations.js';
import { Tenants } from './organizations/tenants.js';
import { Invites } from './people/invites.js';
import { People } from './people/people.js';
import { Users } from './people/users.js';
import { SchemaRegistry } from './schemas/registry.js';
import { Schemas } from './schemas/schemas.js';
import { ServiceAccounts } from './service-accounts/accounts.js';
import { ServiceAccountRoutes } from './service-accounts/service-accounts.js';
import { Supply } from './supply.js';

/** The families around the intents: people, organizations, what they own and what they use. */
export class Administration {
  readonly families: readonly Family[];
  /** Plans and invoices. */
  readonly ledger: Ledger;

  constructor(core: Core) {
    const supply = new Supply(core);
    const tenants = new Tenants(supply);
    this.ledger = new Ledger(supply, tenants);
    const directory = new Directory(supply, tenants);
    const deliveries = new Deliveries(core, supply, directory, tenants);
    const users = new Users(supply, core.nicks);
    this.families = [
      new Schemas(core, new SchemaRegistry(supply)),
      new Media(core, new Uploads(supply)),
      new People(core, users, new Invites(supply, users)),
      new Organizations(core, tenants),
      new Access(new AccessRequests(supply, tenants)),
      new Metering(core, new Quotas(supply), tenants),
      new Billing(this.ledger),
      new ServiceAccountRoutes(new ServiceAccounts(core, supply, tenants)),
      new Addressing(directory),
      new DeliveryRoutes(deliveries, supply, tenants),
      new Audit(core),
    ];
  }
}
