import { type HttpPath, path, quietly } from '../http/index.js';
import {
  type Agent,
  type AgentInput,
  type AgentWithKey,
  type AuditEntry,
  type AuditStats,
  many,
  one,
} from './admin/administration.js';
import type { Page, PageQuery } from './admin/page.js';
import { type Policy, type PolicyInput, writePolicy } from './admin/policies.js';
import { OTPApprovalDeniedError, OTPExpiredError, TimeoutError } from './errors.js';
import { readFields, unwrap } from './fields.js';
import { type CallOptions, internalsOf, type PendingApproval, PermissionClient } from './permission-client.js';
import type { Platform, PlatformRequest } from './platform.js';
import type { RelayKey } from './relay/keys.js';
import * as otp from './relay/otp.js';
import type { DecryptOptions } from './relay/payload.js';
import { toAgentOtpError } from './translate.js';
import { checkTimeout, type WaitForDecisionOptions } from './waiting.js';

type Method = PlatformRequest<unknown>['method'];

/** A relay request, and whether to wait for the code. */
export interface RequestOTPOptions extends otp.OTPRequest, WaitForDecisionOptions {
  /** Waits until the code is there, or will not come. Default `false`. */
  readonly waitForOTP?: boolean | undefined;
  /** Called once when the wait for a human begins. What it throws is ignored. */
  readonly onPendingApproval?:
    | ((pending: Omit<PendingApproval, 'permissionId'> & { readonly otpRequestId: string }) => unknown)
    | undefined;
  /** Called once when the code is there. What it throws is ignored. */
  readonly onOTPReceived?: ((metadata: otp.OTPMetadata) => unknown) | undefined;
}

/** Which audit entries to fetch. */
export interface AuditQuery extends PageQuery {
  readonly agentId?: string | undefined;
  readonly permissionRequestId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly startDate?: Date | string | undefined;
  readonly endDate?: Date | string | undefined;
}

/**
 * An agent at Agent OTP: it asks a human for permission before a risky act, waits for the decision and spends the one-time
 * token; has codes relayed to it; and, for the owner, administers agents, policies and the audit log.
 *
 * ```ts
 * const client = new AgentOtpClient({ apiKey });
 * const permission = await client.requestPermission({ action: 'email.send', scope: { max_emails: 1 }, waitForApproval: true });
 * if (permission.status === 'approved') await client.useToken(permission.id, permission.token!);
 * await client.close();
 * ```
 *
 * Every method is async, and one client serves any number of calls and waits at the same time. Every method rejects with an
 * `AgentOtpError` or with its signal's reason.
 *
 * @see Agent OTP contract §2.7
 */
export class AgentOtpClient extends PermissionClient {
  /**
   * Asks for a code that somebody is sent. It comes encrypted for `publicKey`: fetch it with `consumeOTP`.
   *
   * @throws {TimeoutError} `waitForOTP`, and no code came within `timeoutMs`.
   * @throws {OTPApprovalDeniedError | OTPExpiredError} with `throwOnDenied`.
   * @throws {OutcomeUnknownError} the answer was lost: a human may have been asked.
   * @see Agent OTP contract §2.5, §3.7
   */
  requestOTP(options: RequestOTPOptions): Promise<otp.OTPRequestResult> {
    return this.#run(options, async (signal, platform) => {
      const asked = await otp.request(platform, options, signal);
      const { id, approvalUrl, webhookUrl, expiresAt } = asked;
      const { waiting } = internalsOf(this);
      waiting.remember(asked, options.ttlSeconds ?? options.ttl ?? 300);
      if (!options.waitForOTP) return asked;
      quietly(() => options.onPendingApproval?.({ otpRequestId: id, approvalUrl, webhookUrl, expiresAt }));
      const { value } = await waiting.wait<otp.OTPRequestResult>({
        id,
        known: asked,
        signal,
        timeoutMs: checkTimeout(options),
        read: (signal) => otp.status(platform, id, { signal, poll: true }),
        settles: (status) => !/^(pending_approval|approved)$/.test(status),
        timedOut: (_, cause) =>
          new TimeoutError(
            'TIMEOUT',
            'No code came in time. It may still come: ask for the status with getOTPStatus.',
            {
              requestId: id,
              cause,
            },
          ),
      });
      const { status, reason, metadata = {} } = value;
      if (status === 'otp_received') quietly(() => options.onOTPReceived?.(metadata));
      if (options.throwOnDenied && status === 'denied') {
        throw new OTPApprovalDeniedError('OTP_APPROVAL_DENIED', 'The code was refused.', {
          requestId: id,
          detail: { reason },
        });
      }
      if (options.throwOnDenied && status === 'expired') {
        throw new OTPExpiredError('OTP_EXPIRED', 'The request for a code expired.', { requestId: id });
      }
      return { ...asked, ...value };
    });
  }

  /** What the server says of a relay request. @throws {OTPNotFoundError} there is none with this id. */
  getOTPStatus(id: string, options: CallOptions = {}): Promise<otp.OTPRequestResult> {
    return this.#run(options, (signal, platform) => otp.status(platform, id, { signal }));
  }

  /**
   * Fetches a code once and decrypts it. The server forgets it, so that nobody fetches it again.
   *
   * @throws {OTPNotFoundError | OTPExpiredError | OTPAlreadyConsumedError | OTPApprovalDeniedError | OTPCancelledError} there is
   *   none, or none any more; {ConflictError} there is none yet.
   * @throws {DecryptionError} it was encrypted for another key.
   * @throws {OutcomeUnknownError} the answer was lost: the code may be gone.
   * @see Agent OTP contract §2.6, §7
   */
  consumeOTP(
    id: string,
    privateKey: RelayKey | string,
    options: CallOptions & DecryptOptions = {},
  ): Promise<otp.ConsumedOTP> {
    return this.#run(options, (signal, platform) => otp.consume(platform, id, privateKey, { ...options, signal }));
  }

  /** Withdraws a relay request. @throws {OTPNotFoundError} there is none with this id. */
  cancelOTPRequest(id: string, options: CallOptions = {}): Promise<void> {
    return this.#run(options, (signal, platform) => otp.cancel(platform, id, signal));
  }

  /** Approves a relay request: for the tools of those who approve, in the name of `ownerId`. */
  approveOTPRequest(id: string, options: CallOptions = {}): Promise<void> {
    return this.#run(options, (signal, platform) => otp.decide(platform, id, 'approve', signal));
  }

  /** Denies a relay request: for the tools of those who approve, in the name of `ownerId`. */
  denyOTPRequest(id: string, options: CallOptions = {}): Promise<void> {
    return this.#run(options, (signal, platform) => otp.decide(platform, id, 'deny', signal));
  }

  /**
   * Delivers a code that was captured, as the apps do that capture them: encrypted for the public key of its request.
   *
   * @throws {OTPNotFoundError} there is no such request; {ConflictError} it was not approved.
   * @throws {OutcomeUnknownError} the answer was lost: the code may have been delivered.
   * @see Agent OTP contract §2.5
   */
  deliverOTPWebhook(delivery: otp.OTPDelivery, options: CallOptions = {}): Promise<otp.OTPDelivered> {
    return this.#run(options, (signal, platform) => otp.deliver(platform, delivery, signal));
  }

  /** The owner's agents. @see Agent OTP contract §2.3, for this and all that follow */
  listAgents(query: PageQuery & CallOptions = {}): Promise<Page<Agent>> {
    return this.#many(() => path('/agents'), query);
  }

  /** Creates an agent. Its `apiKey` is told this once. */
  createAgent(agent: AgentInput, options?: CallOptions): Promise<AgentWithKey & Agent> {
    return this.#one(
      () => path('/agents'),
      'POST',
      options,
      ({ rules }) => rules.spellKeys({ ...agent }),
    );
  }

  /** @throws {NotFoundError} the owner has no agent with this id; so do all that take an id. */
  getAgent(id: string, options?: CallOptions): Promise<Agent> {
    return this.#one(() => path('/agents/{id}', { id }), 'GET', options);
  }

  /** Changes what is given of an agent. */
  updateAgent(
    id: string,
    changes: Partial<AgentInput> & { readonly isActive?: boolean | undefined },
    options?: CallOptions,
  ): Promise<Agent> {
    return this.#one(
      () => path('/agents/{id}', { id }),
      'update',
      options,
      ({ rules }) => rules.spellKeys(changes),
    );
  }

  /** Deletes an agent. The project's own server fails at it: a `ServerError`. */
  deleteAgent(id: string, options?: CallOptions): Promise<{ readonly deleted: boolean }> {
    return this.#one(() => path('/agents/{id}', { id }), 'DELETE', options);
  }

  /** Gives an agent a new key, which is told this once. The old one is dead at once. */
  rotateAgentKey(id: string, options?: CallOptions): Promise<AgentWithKey> {
    return this.#one(() => path('/agents/{id}/rotate-key', { id }), 'POST', options);
  }

  /** The owner's policies, the one that decides first first. */
  listPolicies(query: PageQuery & CallOptions = {}): Promise<Page<Policy>> {
    return this.#many(() => path('/policies'), query);
  }

  /**
   * Creates a policy.
   *
   * @throws {ValidationError} a condition is empty, or has an operator that is none: servers would take it to hold always.
   * @see Agent OTP contract §3.4
   */
  createPolicy(policy: PolicyInput, options?: CallOptions): Promise<Policy> {
    return this.#one(
      () => path('/policies'),
      'POST',
      options,
      ({ rules }) => writePolicy(policy, rules),
    );
  }

  getPolicy(id: string, options?: CallOptions): Promise<Policy> {
    return this.#one(() => path('/policies/{id}', { id }), 'GET', options);
  }

  /** Changes what is given of a policy. @throws {ValidationError} as `createPolicy` does. */
  updatePolicy(
    id: string,
    changes: Partial<PolicyInput> & { readonly isActive?: boolean | undefined },
    options?: CallOptions,
  ): Promise<Policy> {
    return this.#one(
      () => path('/policies/{id}', { id }),
      'update',
      options,
      ({ rules }) => writePolicy(changes, rules),
    );
  }

  /** Deletes a policy. The project's own server fails at it once a request has matched it: a `ServerError`. */
  deletePolicy(id: string, options?: CallOptions): Promise<{ readonly deleted: boolean }> {
    return this.#one(() => path('/policies/{id}', { id }), 'DELETE', options);
  }

  /** What happened, newest first. */
  getAuditLogs(query: AuditQuery & CallOptions = {}): Promise<Page<AuditEntry>> {
    return this.#many(() => path('/audit'), query);
  }

  /** What happened to a permission, oldest first. @throws {ForbiddenError} it is another owner's. */
  async getPermissionAuditTrail(id: string, options: CallOptions = {}): Promise<readonly AuditEntry[]> {
    const { data } = await this.#many<AuditEntry>(() => path('/audit/permissions/{id}', { id }), options);
    return data;
  }

  /** What an agent did, newest first. */
  getAgentAuditLogs(id: string, query: PageQuery & CallOptions = {}): Promise<Page<AuditEntry>> {
    return this.#many(() => path('/audit/agents/{id}', { id }), query);
  }

  /** How often each thing happened in the last 30 days. */
  getAuditStats(options?: CallOptions): Promise<AuditStats> {
    return this.#one(() => path('/audit/stats'), 'GET', options);
  }

  /** Whether the server is up. It needs no key. */
  health(
    options?: CallOptions,
  ): Promise<{ readonly status: string; readonly timestamp: string; readonly version: string }> {
    return this.#public(() => path('/health'), options);
  }

  /** What the API says of itself. It needs no key. */
  apiInfo(
    options?: CallOptions,
  ): Promise<{ readonly name: string; readonly version: string; readonly [field: string]: unknown }> {
    return this.#public(() => path('/api'), options);
  }

  #run<T>({ signal }: CallOptions = {}, work: (signal: AbortSignal, platform: Platform) => Promise<T>): Promise<T> {
    const { calls, platform } = internalsOf(this);
    return calls.run(signal, toAgentOtpError, (signal) => work(signal, platform));
  }

  #one<T>(
    path: () => HttpPath,
    method: Method | 'update',
    options?: CallOptions,
    write: (platform: Platform) => unknown = () => undefined,
  ): Promise<T> {
    return this.#run(options, async (signal, platform) => {
      const verb = method === 'update' ? platform.rules.updateMethod : method;
      return one(platform, path(), { method: verb, json: write(platform), signal });
    });
  }

  #many<T>(path: () => HttpPath, { signal, ...query }: AuditQuery & CallOptions): Promise<Page<T>> {
    return this.#run({ signal }, async (signal, platform) => many(platform, path(), { query, signal }));
  }

  #public<T>(path: () => HttpPath, options?: CallOptions): Promise<T> {
    return this.#run(options, (signal, platform) =>
      platform.request({
        ...{ method: 'GET', path: path(), lane: 'public', repeatable: true, signal },
        decode: (json, status) => Object.freeze(readFields(unwrap(json), status)) as T,
      }),
    );
  }
}
