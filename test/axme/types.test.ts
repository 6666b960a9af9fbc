// The public types: `npm run check` compiles this, so that a type that is lost is an error.
import { describe, expectTypeOf, it } from 'vitest';
import {
  type AgentDelivery,
  AxmeAPIError,
  AxmeClient,
  type AxmeClientConfig,
  type AxmeConflictError,
  type AxmeError,
  type AxmeErrorDetail,
  AxmeHttpError,
  type AxmeValidationError,
  type ControlOptions,
  type ControlResult,
  type CreateIntentOptions,
  type CreateIntentReply,
  type CreateIntentRequest,
  type Intent,
  type IntentEvent,
  type IntentStatus,
  type ListenOptions,
  type ListenSessionOptions,
  type ListInboxReply,
  type LiveEvents,
  type McpCallToolOptions,
  type McpObserverEvent,
  type McpToolResult,
  type MeshAgent,
  type MeshMetric,
  type MeshMetrics,
  type MeshReply,
  type ObserveOptions,
  type Reminder,
  type RequestOptions,
  type SessionEvent,
  type UpdateControlsRequest,
  type WaitForOptions,
  type WriteOptions,
} from '../../src/axme/index.js';
import { type CountersignError, isCountersignError } from '../../src/errors.js';

const client = new AxmeClient({ apiKey: 'axme_sa_key' });

describe('the client', () => {
  it('is made as the published one is', () => {
    expectTypeOf(AxmeClient).toBeConstructibleWith({ apiKey: 'k' });
    expectTypeOf(AxmeClient).toBeConstructibleWith({ apiKey: 'k', baseUrl: 'https://a.example' }, fetch);
    expectTypeOf<[]>().toExtend<ConstructorParameters<typeof AxmeClient>>();
    expectTypeOf<AxmeClientConfig['autoIdempotency']>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<AxmeClient>().toExtend<AsyncDisposable>();
  });

  it('has typed methods with published names, order of arguments and options', () => {
    expectTypeOf(client.createIntent).parameters.toEqualTypeOf<
      [payload: CreateIntentRequest, options?: CreateIntentOptions | undefined]
    >();
    expectTypeOf(client.createIntent).returns.resolves.toEqualTypeOf<CreateIntentReply>();
    expectTypeOf(client.sendIntent).returns.resolves.toEqualTypeOf<string>();
    expectTypeOf(client.getQuota).parameters.toEqualTypeOf<
      [orgId: string, workspaceId: string, options?: RequestOptions | undefined]
    >();
    expectTypeOf(client.updateIntentControls).parameters.toEqualTypeOf<
      [intentId: string, payload: UpdateControlsRequest, options?: ControlOptions | undefined]
    >();
    expectTypeOf(client.decideApproval).parameter(1).toExtend<string>();
    expectTypeOf(client.resumeIntent).returns.resolves.toEqualTypeOf<ControlResult>();
  });

  it('has no method whose reply is not typed', () => {
    type Replies = {
      [Name in keyof AxmeClient]: AxmeClient[Name] extends (...args: never[]) => Promise<infer R> ? R : never;
    };
    type Untyped = { [Name in keyof Replies as unknown extends Replies[Name] ? Name : never]: Name };
    expectTypeOf<keyof Untyped>().toBeNever();
  });
});

describe('what happens', () => {
  it('is iterated, typed, with the options as published and a signal', () => {
    expectTypeOf(client.observe).parameters.toEqualTypeOf<[intentId: string, options?: ObserveOptions | undefined]>();
    expectTypeOf(client.observe).returns.toEqualTypeOf<LiveEvents<IntentEvent>>();
    expectTypeOf(client.listen).parameters.toEqualTypeOf<[address: string, options?: ListenOptions | undefined]>();
    expectTypeOf(client.listen).returns.toEqualTypeOf<LiveEvents<AgentDelivery>>();
    expectTypeOf(client.listenSession).parameters.toEqualTypeOf<
      [sessionId: string, options?: ListenSessionOptions | undefined]
    >();
    expectTypeOf(client.listenSession).returns.toEqualTypeOf<LiveEvents<SessionEvent>>();
    expectTypeOf<LiveEvents<IntentEvent>>().toExtend<AsyncIterableIterator<IntentEvent, undefined, void>>();
    expectTypeOf<LiveEvents<IntentEvent>>().toExtend<AsyncDisposable>();
    type Published = { traceId: string; since: number; waitSeconds: number; pollIntervalMs: number; timeoutMs: number };
    expectTypeOf<Published & { signal: AbortSignal }>().toExtend<ObserveOptions>();
    expectTypeOf<{ status: ('SUBMITTED' | 'OF_TOMORROW')[]; dropFinished: true }>().toExtend<ListenOptions>();
    expectTypeOf<{ since: string }>().not.toExtend<ObserveOptions>();
  });

  it('is waited for by states', () => {
    expectTypeOf(client.waitFor).returns.resolves.toEqualTypeOf<IntentEvent>();
    expectTypeOf<WaitForOptions['states']>().toEqualTypeOf<readonly IntentStatus[] | 'handed-off' | undefined>();
  });

  it('has open names, and fields of tomorrow', () => {
    expectTypeOf<'intent.of_tomorrow'>().toExtend<IntentEvent['event_type']>();
    expectTypeOf<'session.of_tomorrow'>().toExtend<SessionEvent['type']>();
    expectTypeOf<IntentEvent['of_tomorrow']>().toEqualTypeOf<unknown>();
    expectTypeOf<AgentDelivery['payload']>().toEqualTypeOf<unknown>();
  });
});

describe('MCP and the mesh', () => {
  it('call tools by name, with JSON', () => {
    expectTypeOf(client.mcpCallTool).parameters.toEqualTypeOf<
      [name: string, options?: McpCallToolOptions | undefined]
    >();
    expectTypeOf(client.mcpCallTool).returns.resolves.toEqualTypeOf<McpToolResult>();
    expectTypeOf(client.mcpListTools)
      .returns.resolves.toHaveProperty('tools')
      .items.toHaveProperty('name')
      .toBeString();
    expectTypeOf<NonNullable<AxmeClientConfig['mcpObserver']>>().parameters.toEqualTypeOf<[event: McpObserverEvent]>();
  });

  it('beat, report and list', () => {
    const { mesh } = client;
    expectTypeOf(mesh.heartbeat).parameters.toEqualTypeOf<
      [metrics?: MeshMetrics | undefined, options?: WriteOptions | undefined]
    >();
    expectTypeOf(mesh.startHeartbeat).parameters.toEqualTypeOf<
      [intervalMs?: number | undefined, includeMetrics?: boolean | undefined]
    >();
    expectTypeOf(mesh.reportMetric).parameters.toEqualTypeOf<[metric?: MeshMetric | undefined]>();
    expectTypeOf(mesh.kill).returns.resolves.toEqualTypeOf<MeshReply>();
    expectTypeOf(mesh.listAgents).returns.resolves.toHaveProperty('agents').items.toEqualTypeOf<MeshAgent>();
    expectTypeOf<'of_tomorrow'>().toExtend<MeshAgent['health_status']>();
  });
});

describe('requests', () => {
  it('need what the service needs', () => {
    expectTypeOf<{ to_agent: string; payload: { a: 1 } }>().not.toExtend<CreateIntentRequest>();
    expectTypeOf<{
      intent_type: 'a.b.v1';
      to_agent: 'agent://b';
      payload: { order: number };
    }>().toExtend<CreateIntentRequest>();
    expectTypeOf<{ intent_type: number; to_agent: string; payload: { a: 1 } }>().not.toExtend<CreateIntentRequest>();
  });

  it('are open to fields of tomorrow', () => {
    expectTypeOf<{
      intent_type: string;
      to_agent: string;
      payload: { a: 1 };
      priority: 1;
    }>().toExtend<CreateIntentRequest>();
  });

  it('have typed merge patches, in which null removes', () => {
    type Patch = NonNullable<UpdateControlsRequest['controls_patch']>;
    expectTypeOf<Patch['timeout_seconds']>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<Patch['max_retries']>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<Patch['retry_delay_seconds']>().toEqualTypeOf<number | null | undefined>();
    expectTypeOf<Patch['reminders']>().toEqualTypeOf<readonly Reminder[] | null | undefined>();
    expectTypeOf<Reminder['offset_seconds']>().toEqualTypeOf<number>();
    expectTypeOf<{ timeout_seconds: string }>().not.toExtend<Patch>();
    expectTypeOf<{ of_tomorrow: string }>().toExtend<Patch>();
  });
});

describe('replies', () => {
  it('are as on the wire, and open', () => {
    expectTypeOf<Intent['intent_id']>().toEqualTypeOf<string>();
    expectTypeOf<Intent['of_tomorrow']>().toEqualTypeOf<unknown>();
    expectTypeOf<ListInboxReply['items']>().toEqualTypeOf<ListInboxReply['threads']>();
    expectTypeOf(client.getIntent).returns.resolves.toHaveProperty('intent').toEqualTypeOf<Intent>();
  });

  it('have open enumerations that know their values', () => {
    expectTypeOf<'COMPLETED'>().toExtend<IntentStatus>();
    expectTypeOf<'OF_TOMORROW'>().toExtend<IntentStatus>();
    expectTypeOf<7>().not.toExtend<IntentStatus>();
  });
});

describe('errors', () => {
  it('are one tree, under both names', () => {
    expectTypeOf(AxmeAPIError).toEqualTypeOf(AxmeHttpError);
    expectTypeOf<AxmeAPIError>().toEqualTypeOf<AxmeHttpError>();
    expectTypeOf<AxmeConflictError>().toExtend<AxmeValidationError>();
    expectTypeOf<AxmeHttpError>().toExtend<AxmeError>();
    expectTypeOf<AxmeError>().toExtend<CountersignError<string, AxmeErrorDetail>>();
    expectTypeOf<AxmeHttpError['statusCode']>().toEqualTypeOf<number>();
    expectTypeOf<AxmeHttpError['status']>().toEqualTypeOf<number>();
    expectTypeOf<AxmeHttpError['retryAfter']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<AxmeHttpError['traceId']>().toEqualTypeOf<string | undefined>();
  });

  it('have a detail of which only the platform knows the type', () => {
    const error: unknown = undefined;
    if (isCountersignError(error)) expectTypeOf(error.detail).toEqualTypeOf<unknown>();
  });
});
