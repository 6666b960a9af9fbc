import { checkInput } from '../input.js';
import type { Actor, ActorOptions } from './actors.js';
import { type InvoiceOptions, invoiceOptions } from './administration/billing/invoice-options.js';
import type { Invoice } from './administration/billing/wire.js';
import type { AxmePlatform } from './platform.js';
import type { AxmeOptions } from './settings.js';

/** Every setting of {@link AxmeOptions}, to be read and set at any time. */
export type AxmeSettingValues = { -readonly [Name in keyof AxmeOptions]-?: Exclude<AxmeOptions[Name], undefined> };

/** What tests and scripts may do to the emulated AXME beside its wire. Wrong input throws an `EmulatorInputError`. */
export interface AxmeControl extends AxmeSettingValues {
  /** A key that may do everything. */
  readonly apiKey: string;
  /** The token of an actor that may do everything. */
  readonly actorToken: string;
  /** The address of the API key's own agent. */
  readonly agentAddress: string;
  /** The organization that exists from the start. */
  readonly orgId: string;
  /** The workspace that exists from the start. */
  readonly workspaceId: string;
  /** Sets what is given, all or nothing. */
  configure(settings: AxmeOptions): void;
  /** Another actor, until the next reset. */
  addActor(options?: ActorOptions): Actor;
  /** An invoice of a workspace, until the next reset. */
  addInvoice(options?: InvoiceOptions): Invoice;
}

export function createAxmeControl({ core, administration }: AxmePlatform): AxmeControl {
  const { settings, keys, actors, home } = core;
  return settings.on({
    apiKey: keys.first.token,
    actorToken: actors.first.token,
    agentAddress: home.agentAddress,
    orgId: home.orgId,
    workspaceId: home.workspaceId,
    configure: (options: AxmeOptions) => settings.update(options),
    addActor: (options: ActorOptions = {}) => actors.add(options, core.ids),
    addInvoice(options: InvoiceOptions = {}) {
      const {
        orgId = home.orgId,
        workspaceId = home.workspaceId,
        ...given
      } = checkInput(invoiceOptions, options, 'invoice');
      return administration.ledger.addInvoice({ orgId, workspaceId, ...given });
    },
  });
}
