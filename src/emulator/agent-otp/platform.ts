import type { Clock } from '../../runtime/clock.js';
import { createRandom, type Random } from '../random.js';
import { OtpAccounts, type OtpAgent } from './accounts.js';
import { Announcer } from './announcer.js';
import { Audit } from './audit.js';
import { Callers } from './callers.js';
import { Devices } from './devices.js';
import type { Follower } from './followers.js';
import { type Permission, Permissions, type TokenProblem } from './permissions.js';
import { Policies } from './policies.js';
import { RateLimits } from './rate-limits.js';
import { type CapturedCode, type RelayFilter, type RelayRequest, RelayRequests } from './relay-requests.js';
import { type Scope, withTemplate } from './scope.js';
import { type AgentOtpOptions, type AgentOtpSettings, createAgentOtpSettings } from './settings.js';
import { isPermission, type Subject } from './subject.js';
import { Webhooks } from './webhooks.js';

/** What an agent asks for. */
export interface PermissionWish {
  readonly action: string;
  readonly resource: string | null;
  readonly scope: Scope;
  readonly context: Readonly<Record<string, unknown>>;
  readonly ttlSeconds: number;
  readonly callbackUrl: string | null;
}

/** What an agent wants a code for. */
export interface RelayWish {
  readonly purpose: string;
  readonly publicKey: string;
  readonly expectedSender: string | null;
  readonly filter: RelayFilter;
  readonly ttlSeconds: number;
  readonly callbackUrl: string | null;
}

/** The state of the emulated Agent OTP, and what changes it. */
export class AgentOtpPlatform {
  readonly settings: AgentOtpSettings;
  readonly accounts: OtpAccounts;
  readonly callers: Callers;
  readonly policies: Policies;
  readonly permissions: Permissions;
  readonly relays: RelayRequests;
  readonly audit: Audit;
  readonly limits: RateLimits;
  readonly webhooks: Webhooks;
  readonly devices: Devices = new Devices();
  readonly clock: Clock;
  readonly #announcer: Announcer;
  readonly #seed: string | undefined;
  #random: Random;

  constructor(options: AgentOtpOptions, seed: string | undefined, clock: Clock) {
    this.clock = clock;
    this.#seed = seed;
    this.#random = createRandom(seed, 'agent otp');
    this.settings = createAgentOtpSettings(options);
    this.accounts = new OtpAccounts(seed, clock);
    this.callers = new Callers(this.accounts, this.settings);
    this.policies = new Policies(clock);
    this.permissions = new Permissions(
      clock,
      () => `otp_${this.random.hex(12)}`,
      (permission) => this.#permissionChanged(permission),
    );
    this.relays = new RelayRequests(clock, (request) => this.#relayChanged(request));
    this.audit = new Audit(clock);
    this.limits = new RateLimits(clock);
    this.webhooks = new Webhooks(clock);
    this.#announcer = new Announcer({
      clock,
      find: (id) => this.find(id),
      peek: (id) => this.permissions.peek(id) ?? this.relays.get(id),
      post: (ownerId, news) => {
        const secret = this.accounts.findOwner(ownerId)?.webhookSecret;
        if (secret !== undefined) this.webhooks.send({ ...news, secret }, this.random);
      },
    });
  }

  /** Where ids and secrets come from. */
  get random(): Random {
    return this.#random;
  }

  /** Takes an agent's wish, and decides it where a policy or a test key says how. */
  request(agent: OtpAgent, wish: PermissionWish, request: Request): Permission {
    const { agentId, ownerId } = agent;
    const { action, resource, scope, context, callbackUrl } = wish;
    const verdict = this.#verdictOf(agent, wish);
    const pending = this.permissions.add({
      id: this.random.uuid(),
      ownerId,
      agentId,
      action,
      resource,
      scope,
      context,
      reason: verdict.reason,
      policyId: verdict.policy?.policyId ?? null,
      expiresAtMs: this.clock.now() + wish.ttlSeconds * 1000,
      callbackUrl,
      ticket: this.random.hex(16),
      formKey: this.random.hex(16),
    });
    const decision = verdict.action;
    this.#note(pending, 'request', { action, resource: resource ?? undefined, scope, context, decision }, request);
    if (decision === 'auto_approve') {
      const granted = withTemplate(scope, verdict.policy?.scopeTemplate ?? null);
      const details = { decidedBy: 'auto', policyId: pending.policyId ?? undefined, scope: granted };
      this.#note(pending, 'approve', details);
      return this.permissions.approve(pending, 'auto', granted, verdict.reason);
    }
    if (decision === 'deny') {
      this.#note(pending, 'deny', { decidedBy: 'auto', reason: verdict.reason });
      return this.permissions.deny(pending, 'auto', verdict.reason);
    }
    this.#announcer.expectEnd(pending.id, pending.callbackUrl !== null);
    return pending;
  }

  /** As its agent or owner reads it: what is over is noticed. */
  permission(id: string): Permission | undefined {
    this.permissions.expire(id);
    return this.permissions.peek(id);
  }

  /** Grants it for its owner if it is open; else `undefined`. */
  approve(
    permission: Permission,
    {
      scopeModifications = {},
      reason = null,
    }: { scopeModifications?: Scope | undefined; reason?: string | null | undefined },
  ): Permission | undefined {
    if (!this.permissions.isOpen(permission)) return undefined;
    const granted = { ...permission.scope, ...scopeModifications };
    this.#note(permission, 'approve', { decidedBy: 'user', reason: reason ?? undefined, scope: granted });
    return this.permissions.approve(permission, 'user', granted, reason);
  }

  /** Refuses it for its owner if it is open; else `undefined`. */
  deny(permission: Permission, reason: string | null): Permission | undefined {
    if (!this.permissions.isOpen(permission)) return undefined;
    this.#note(permission, 'deny', { decidedBy: 'user', reason: reason ?? undefined });
    return this.permissions.deny(permission, 'user', reason);
  }

  /** Spends the token, if nothing is against it. */
  use(
    permission: Permission,
    token: string,
    actionDetails: object | undefined,
    request: Request,
  ): TokenProblem | undefined {
    const problem = this.permissions.problemOf(permission, token);
    if (problem !== undefined) return problem;
    this.permissions.use(permission);
    this.#note(permission, 'use', { actionDetails, usesRemaining: 0 }, request);
    return undefined;
  }

  /** Ends the token. */
  revoke(permission: Permission, reason: string | undefined): Permission {
    this.#note(permission, 'revoke', { reason });
    return this.permissions.revoke(permission);
  }

  /** Takes an agent's wish for a code. */
  requestCode({ agentId, ownerId }: OtpAgent, wish: RelayWish, request: Request): RelayRequest {
    const { ttlSeconds, ...wanted } = wish;
    const relay = this.relays.add({
      id: `otp_${this.random.hex(8)}`,
      ownerId,
      agentId,
      ...wanted,
      expiresAtMs: this.clock.now() + ttlSeconds * 1000,
      ticket: this.random.hex(16),
      formKey: this.random.hex(16),
    });
    this.#note(relay, 'otp_request', { reason: wanted.purpose, filter: wanted.filter }, request);
    this.#announcer.expectEnd(relay.id, relay.callbackUrl !== null);
    return relay;
  }

  /** Lets the code through if it waits for that; else `undefined`. */
  approveCode(request: RelayRequest): RelayRequest | undefined {
    if (request.status !== 'pending_approval') return undefined;
    this.#note(request, 'otp_approve', { decidedBy: 'user' });
    return this.relays.approve(request);
  }

  /** Refuses the code if it waits for that; else `undefined`. */
  denyCode(request: RelayRequest, reason: string | null): RelayRequest | undefined {
    if (request.status !== 'pending_approval') return undefined;
    this.#note(request, 'otp_deny', { decidedBy: 'user', reason: reason ?? undefined });
    return this.relays.deny(request, reason);
  }

  /** Takes a code in if it was approved; else `undefined`. */
  receiveCode(request: RelayRequest, code: CapturedCode): RelayRequest | undefined {
    if (request.status !== 'approved') return undefined;
    this.#note(request, 'otp_receive', { source: code.source });
    const received = this.relays.receive(request, code);
    this.#announcer.expectEnd(received.id, received.callbackUrl !== null);
    return received;
  }

  /** The code, which is then gone; `undefined` if there is none. */
  consumeCode(request: RelayRequest): CapturedCode | undefined {
    if (request.status !== 'otp_received' || request.code === null) return undefined;
    this.#note(request, 'otp_consume', {});
    this.relays.consume(request);
    return request.code;
  }

  cancelCode(request: RelayRequest): void {
    this.#note(request, 'otp_cancel', {});
    this.relays.cancel(request);
  }

  /** What has this id, if anything. */
  find(id: string): Subject | undefined {
    return this.permission(id) ?? this.relays.get(id);
  }

  /** Grants or refuses, for the owner, what waits for that; else `undefined`. */
  decide(
    subject: Subject,
    approved: boolean,
    {
      scopeModifications,
      reason = null,
    }: { scopeModifications?: Scope | undefined; reason?: string | null | undefined },
  ): Subject | undefined {
    if (isPermission(subject)) {
      return approved ? this.approve(subject, { scopeModifications, reason }) : this.deny(subject, reason);
    }
    return approved ? this.approveCode(subject) : this.denyCode(subject, reason);
  }

  /** Whether `ticket` lets one follow what has this id. */
  mayFollow(id: string, ticket: string): boolean {
    return !this.settings.now.strictCompat && this.find(id)?.ticket === ticket;
  }

  /** See `Announcer.follow`. */
  follow(id: string, follower: Follower): (() => void) | undefined {
    return this.#announcer.follow(id, follower);
  }

  reset(): void {
    this.close();
    this.webhooks.clear();
    this.settings.reset();
    this.accounts.reset();
    this.policies.clear();
    this.permissions.clear();
    this.relays.clear();
    this.audit.clear();
    this.limits.clear();
    this.devices.clear();
    this.#random = createRandom(this.#seed, 'agent otp');
  }

  /** Ends whoever follows, and what is to happen by itself. */
  close(): void {
    this.#announcer.close();
    this.webhooks.close();
  }

  #verdictOf(agent: OtpAgent, { action, resource, scope, context }: PermissionWish) {
    if (!agent.apiKey.startsWith('ak_test_')) {
      return this.policies.decide(agent.ownerId, { action, resource, agentId: agent.agentId, scope, context });
    }
    return context['_test_deny'] === true
      ? ({ action: 'deny', policy: null, reason: 'A test key was told to deny.' } as const)
      : ({ action: 'auto_approve', policy: null, reason: 'A test key approves at once.' } as const);
  }

  #permissionChanged(permission: Permission): void {
    const { status, decidedBy } = permission;
    if (status === 'expired') this.#note(permission, 'expire', { decidedBy });
    this.#announcer.changed(permission);
  }

  #relayChanged(request: RelayRequest): void {
    if (request.status === 'expired') this.#note(request, 'otp_expire', {});
    this.#announcer.changed(request);
  }

  #note(
    { id, ownerId, agentId }: Pick<Permission, 'id' | 'ownerId' | 'agentId'>,
    eventType: Parameters<Audit['note']>[0]['eventType'],
    details: object,
    request?: Request,
  ): void {
    this.audit.note({ userId: ownerId, agentId, permissionRequestId: id, eventType, details }, this.random, request);
  }
}
