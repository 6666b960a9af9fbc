export { AxmeClient, type AxmeMethods } from './client.js';
export type { AxmeClientConfig, McpObserverEvent } from './config.js';
export * from './errors.js';
export type {
  AccessRequest,
  AccessRequestMethods,
  AccessRequestReply,
  AccessRequestState,
  AccessRequestSubject,
  CreateAccessRequestRequest,
  ListAccessRequestsOptions,
  ListAccessRequestsReply,
  ReviewAccessRequestRequest,
} from './families/access-requests.js';
export type { AgentEntry, AgentMethods, GetAgentReply, ListAgentsOptions, ListAgentsReply } from './families/agents.js';
export type {
  Alias,
  AliasMethods,
  AliasReply,
  AliasResolution,
  AliasType,
  BindAliasRequest,
  ListAliasesReply,
  ResolveAliasReply,
  ResolvedPrincipal,
} from './families/aliases.js';
export type { Approval, ApprovalMethods, DecideApprovalOptions, DecideApprovalReply } from './families/approvals.js';
export type {
  BillingMethods,
  BillingPlan,
  BillingPlanReply,
  BillingTerms,
  Invoice,
  InvoiceReply,
  InvoiceStatus,
  ListInvoicesOptions,
  ListInvoicesReply,
  UpdateBillingPlanRequest,
} from './families/billing.js';
export type {
  ControlMethods,
  ControlResult,
  ControlsPatch,
  EnvelopePatch,
  Grant,
  GrantsPatch,
  Reminder,
  ResumeIntentRequest,
  SteeringRequest,
  TaskResult,
  UpdateControlsRequest,
  UpdatePolicyRequest,
} from './families/controls.js';
export type {
  Delivery,
  DeliveryMethods,
  DeliveryReply,
  DeliveryStatus,
  ListDeliveriesOptions,
  ListDeliveriesReply,
  SubmitDeliveryRequest,
} from './families/deliveries.js';
export type { EventMethods, ListEventsOptions, ListEventsReply } from './families/events.js';
export type { CapabilitiesReply, HealthMethods, HealthReply } from './families/health.js';
export type {
  DecideThreadRequest,
  DelegateThreadRequest,
  DeleteMessagesReply,
  DeleteMessagesRequest,
  InboxChange,
  InboxChangesOptions,
  InboxChangesReply,
  InboxMethods,
  InboxThread,
  ListInboxReply,
  ThreadReply,
  TimelineEntry,
} from './families/inbox.js';
export type {
  CancelIntentRequest,
  CompletionDelivery,
  CreateIntentOptions,
  CreateIntentReply,
  CreateIntentRequest,
  GetIntentReply,
  HumanTask,
  Intent,
  IntentEvent,
  IntentMethods,
  IntentStatus,
  IntentTiming,
  PendingWith,
  ResolveIntentReply,
  ResolveIntentRequest,
  WaitingReason,
} from './families/intents.js';
export type {
  AcceptInviteReply,
  AcceptInviteRequest,
  CreateInviteReply,
  CreateInviteRequest,
  GetInviteReply,
  InviteMethods,
  InviteReply,
} from './families/invites.js';
export type { McpMethods } from './families/mcp.js';
export type {
  CreateMediaUploadReply,
  CreateMediaUploadRequest,
  FinalizeMediaUploadReply,
  FinalizeMediaUploadRequest,
  GetMediaUploadReply,
  MediaMethods,
  MediaUpload,
} from './families/media.js';
export type {
  AddMemberRequest,
  ListMembersOptions,
  ListMembersReply,
  Member,
  MemberMethods,
  MemberReply,
  MemberRole,
  RemoveMemberReply,
  UpdateMemberRequest,
} from './families/members.js';
export type { ObservingMethods } from './families/observing.js';
export type {
  CreateOrganizationRequest,
  Organization,
  OrganizationMethods,
  OrganizationReply,
  UpdateOrganizationRequest,
} from './families/organizations.js';
export type {
  CreatePrincipalRequest,
  Principal,
  PrincipalMethods,
  PrincipalReply,
  PrincipalType,
} from './families/principals.js';
export type {
  QuotaDimensions,
  QuotaMethods,
  QuotaPolicy,
  QuotaReply,
  UpdateQuotaRequest,
  UsageOfDimension,
  UsagePoint,
  UsageSeries,
  UsageSummary,
  UsageSummaryOptions,
  UsageSummaryReply,
  UsageTimeseriesOptions,
  UsageTimeseriesReply,
} from './families/quotas.js';
export type {
  FailoverPolicy,
  ListRoutesReply,
  RegisterRouteRequest,
  RemovedRoute,
  RemoveRouteReply,
  ResolveRoutingReply,
  ResolveRoutingRequest,
  Route,
  RouteAuthMode,
  RouteReply,
  RoutingMethods,
  RoutingResolution,
  TransportType,
  UpdateRouteRequest,
} from './families/routing.js';
export type {
  ApplyScenarioReply,
  ScenarioAgent,
  ScenarioBundle,
  ScenarioHuman,
  ScenarioIntent,
  ScenarioMethods,
  ScenarioRetry,
  ScenarioStep,
  ScenarioWorkflow,
  ValidateScenarioReply,
} from './families/scenarios.js';
export type {
  GetSchemaReply,
  SchemaMethods,
  SchemaRecord,
  UpsertSchemaReply,
  UpsertSchemaRequest,
} from './families/schemas.js';
export type {
  CreateKeyReply,
  CreateKeyRequest,
  CreateServiceAccountRequest,
  ListServiceAccountsOptions,
  ListServiceAccountsReply,
  RevokedKey,
  RevokeKeyReply,
  ServiceAccount,
  ServiceAccountKey,
  ServiceAccountMethods,
  ServiceAccountReply,
} from './families/service-accounts.js';
export type {
  CompleteSessionOptions,
  CompleteSessionReply,
  CreateSessionOptions,
  CreateSessionReply,
  GetSessionReply,
  ListMessagesOptions,
  ListMessagesReply,
  ListSessionsOptions,
  ListSessionsReply,
  PostMessageOptions,
  PostMessageReply,
  Session,
  SessionFeedOptions,
  SessionFeedReply,
  SessionMessage,
  SessionMethods,
} from './families/sessions.js';
export type {
  BindingReply,
  ListBindingsReply,
  RemoveBindingReply,
  RemovedBinding,
  TransportBinding,
  TransportMethods,
  UpsertBindingRequest,
} from './families/transports.js';
export type {
  CheckNickReply,
  NickReply,
  RegisterNickReply,
  RegisterNickRequest,
  RenameNickReply,
  RenameNickRequest,
  UpdateUserProfileRequest,
  UserContact,
  UserMethods,
  UserProfileReply,
} from './families/users.js';
export type {
  DeleteWebhookReply,
  ListWebhooksReply,
  PublishWebhookReply,
  PublishWebhookRequest,
  ReplayWebhookReply,
  UpsertWebhookReply,
  UpsertWebhookRequest,
  WebhookDeliveryCounts,
  WebhookEventType,
  WebhookMethods,
  WebhookSubscription,
} from './families/webhooks.js';
export type {
  CreateWorkspaceRequest,
  ListWorkspacesReply,
  UpdateWorkspaceRequest,
  Workspace,
  WorkspaceMethods,
  WorkspaceReply,
} from './families/workspaces.js';
export type { AgentDelivery, ListenOptions } from './live/listen.js';
export type { ListenSessionOptions, SessionEvent } from './live/listen-session.js';
export type { LiveEvents } from './live/live-events.js';
export type { ObserveOptions, WaitForOptions } from './live/observe.js';
export type * from './mcp/options.js';
export type * from './mesh/mesh.js';
export type { MeshMetric, MeshMetrics } from './mesh/metrics.js';
export type { AnyOf, JsonObject, Open, Reply } from './open.js';
export type * from './options.js';
export type { ControlOptions, OwnerOptions, OwnerWriteOptions, RequestOptions, WriteOptions } from './options.js';
