/// <reference lib="esnext.disposable" preserve="true" />

import { closeOnDispose } from '../runtime/disposable.js';
import type { AxmeClientConfig } from './config.js';
import { type AccessRequestMethods, accessRequests } from './families/access-requests.js';
import { type AgentMethods, agents } from './families/agents.js';
import { type AliasMethods, aliases } from './families/aliases.js';
import { type ApprovalMethods, approvals } from './families/approvals.js';
import { type BillingMethods, billing } from './families/billing.js';
import { type ControlMethods, controls } from './families/controls.js';
import { type DeliveryMethods, deliveries } from './families/deliveries.js';
import { type EventMethods, events } from './families/events.js';
import { type HealthMethods, health } from './families/health.js';
import { type InboxMethods, inbox } from './families/inbox.js';
import { type IntentMethods, intents } from './families/intents.js';
import { type InviteMethods, invites } from './families/invites.js';
import { type McpMethods, mcp } from './families/mcp.js';
import { type MediaMethods, media } from './families/media.js';
import { type MemberMethods, members } from './families/members.js';
import { type ObservingMethods, observing } from './families/observing.js';
import { type OrganizationMethods, organizations } from './families/organizations.js';
import { type PrincipalMethods, principals } from './families/principals.js';
import { type QuotaMethods, quotas } from './families/quotas.js';
import { type RoutingMethods, routing } from './families/routing.js';
import { type ScenarioMethods, scenarios } from './families/scenarios.js';
import { type SchemaMethods, schemas } from './families/schemas.js';
import { type ServiceAccountMethods, serviceAccounts } from './families/service-accounts.js';
import { type SessionMethods, sessions } from './families/sessions.js';
import { type TransportMethods, transports } from './families/transports.js';
import { type UserMethods, users } from './families/users.js';
import { type WebhookMethods, webhooks } from './families/webhooks.js';
import { type WorkspaceMethods, workspaces } from './families/workspaces.js';
import { type Family, withMethods } from './family.js';
import { Gateway } from './gateway.js';
import { Mesh } from './mesh/mesh.js';

/** Every method of the client, by family (AXME contract §2). */
export interface AxmeMethods
  extends HealthMethods,
    IntentMethods,
    ScenarioMethods,
    EventMethods,
    ControlMethods,
    InboxMethods,
    ApprovalMethods,
    SchemaMethods,
    MediaMethods,
    WebhookMethods,
    UserMethods,
    InviteMethods,
    OrganizationMethods,
    WorkspaceMethods,
    MemberMethods,
    AccessRequestMethods,
    QuotaMethods,
    BillingMethods,
    ServiceAccountMethods,
    AgentMethods,
    PrincipalMethods,
    AliasMethods,
    RoutingMethods,
    TransportMethods,
    DeliveryMethods,
    SessionMethods,
    ObservingMethods,
    McpMethods {}

// A function: what is computed while a module loads stays in every bundle of it.
const families = (): Family<AxmeMethods> => ({
  ...health,
  ...intents,
  ...scenarios,
  ...events,
  ...controls,
  ...inbox,
  ...approvals,
  ...schemas,
  ...media,
  ...webhooks,
  ...users,
  ...invites,
  ...organizations,
  ...workspaces,
  ...members,
  ...accessRequests,
  ...quotas,
  ...billing,
  ...serviceAccounts,
  ...agents,
  ...principals,
  ...aliases,
  ...routing,
  ...transports,
  ...deliveries,
  ...sessions,
  ...observing,
  ...mcp,
});

const gateways = new WeakMap<object, Gateway>();

/**
 * A client of AXME's gateway: durable intents, the inbox, approvals and everything around them. Its methods are flat.
 *
 * ```ts
 * const axme = new AxmeClient({ apiKey });
 * const { intent_id } = await axme.createIntent({ intent_type: 'orders.place.v1', to_agent, payload: { id: 7 } });
 * ```
 *
 * Replies are as they are on the wire, in snake_case. Every method rejects with an `AxmeError` of the class that fits
 * (`AxmeInputError` if nothing was sent), or with the reason of its `signal`.
 *
 * @see AXME contract §1 to §8
 */
export class AxmeClient
  extends /* @__PURE__ */ withMethods<AxmeMethods>(families, (client) => gateways.get(client)!)
  implements AsyncDisposable
{
  readonly #gateway: Gateway;
  #mesh: Mesh | undefined;

  /** `close` for `await using`, where the runtime has the symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  /**
   * @param fetch - Instead of the runtime's own; the same as the option `fetch`.
   * @throws {AxmeInputError} there is no API key, or another option has the wrong form.
   */
  constructor(config: AxmeClientConfig = {}, fetch?: typeof globalThis.fetch | undefined) {
    super();
    closeOnDispose(AxmeClient.prototype, Symbol.asyncDispose);
    this.#gateway = new Gateway(config, fetch);
    gateways.set(this, this.#gateway);
  }

  /** The agents of the workspace and their health. `close()` ends its heartbeat. */
  get mesh(): Mesh {
    this.#mesh ??= new Mesh(this.#gateway);
    return this.#mesh;
  }

  /** Breaks off what is in flight, which rejects with an `AxmeClosedError`, and refuses later calls. May be called again. */
  async close(): Promise<void> {
    this.#gateway.close();
  }
}
