export type { Actor as AxmeActor, ActorOptions as AxmeActorOptions } from './axme/actors.js';
export type { InvoiceOptions } from './axme/administration/billing/invoice-options.js';
export type { Invoice as AxmeInvoice } from './axme/administration/billing/wire.js';
export type {
  AddAgentOptions,
  AddEventsOptions,
  AxmeControl,
  AxmeIntent,
  AxmeSettingValues,
  MoveOptions,
  NewAxmeIntent,
  NewAxmeThread,
  ResolveOptions,
  TaskAnswer,
} from './axme/control.js';
export type { Approval as AxmeApproval } from './axme/inbox/approvals.js';
export type { IntentStatus, WaitingReason } from './axme/intents/status.js';
export type { AxmeOptions } from './axme/settings.js';
export type { WebhookDelivery } from './axme/webhooks/dispatcher.js';
export type { EmulatorClock } from './clock.js';
export { createEmulator } from './create.js';
export { describeEmulator, type EmulatorDescription } from './describe.js';
export type { Emulator, EmulatorOptions } from './emulator.js';
export {
  EmulatorError,
  type EmulatorErrorCode,
  EmulatorInputError,
  EmulatorNotFoundError,
} from './errors.js';
export type { Fault, FaultHandle, Faults, ForcedAnswer, JsonEdits } from './faults/fault.js';
export type { Agent, AgentOptions, Site, SiteOptions } from './lime/accounts.js';
export type { Binding, BindingStatus } from './lime/bindings/bindings.js';
export type { CompletedBinding } from './lime/bindings/complete.js';
export type { BindingsControl, CompleteOptions } from './lime/bindings/control.js';
export type { ApproveOptions, LimeControl, LimeSettingValues, NewLoginRequest } from './lime/control.js';
export type {
  CutOptions,
  DropOptions,
  EventSettingValues,
  EventStats,
  EventsControl,
  OfSite,
  OpenStream,
} from './lime/events/control.js';
export type { EventType } from './lime/events/event.js';
export type { DeliveredEvent } from './lime/events/event-hub.js';
export type { EventStreamOptions } from './lime/events/settings.js';
export type { KeysControl, PlatformKey, SignOptions } from './lime/keys/control.js';
export type { LoginRequest, LoginStatus } from './lime/login-requests.js';
export type { LimeStartOptions } from './lime/platform.js';
export type { LimeOptions } from './lime/settings.js';
export type { McpControl, McpSettingValues, McpStats, RejectOptions } from './mcp/control.js';
export type { SeenNotification } from './mcp/record.js';
export type { McpOptions } from './mcp/settings.js';
export type { SeenRequest } from './request-log.js';
