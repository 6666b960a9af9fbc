import type { Clock } from '../../runtime/clock.js';
import type { Scope } from './scope.js';

/** Where a permission stands (Agent OTP contract §3.1). `denied`, `expired` and `used` are for good. */
export type PermissionStatus = 'pending' | 'approved' | 'denied' | 'expired' | 'used';

/** The one-time token of a permission. */
export interface PermissionToken {
  readonly value: string;
  readonly expiresAtMs: number;
  readonly usesRemaining: number;
  readonly revokedAtMs: number | null;
}

/** Everything the platform knows of a permission. */
export interface Permission {
  readonly id: string;
  readonly ownerId: string;
  readonly agentId: string;
  readonly status: PermissionStatus;
  readonly action: string;
  readonly resource: string | null;
  /** What was asked for. */
  readonly scope: Scope;
  /** What was granted; `null` while nothing is. */
  readonly grantedScope: Scope | null;
  readonly context: Readonly<Record<string, unknown>>;
  readonly reason: string | null;
  readonly decidedBy: 'auto' | 'user' | 'timeout' | null;
  readonly decidedAtMs: number | null;
  /** The policy that fits, if one does. */
  readonly policyId: string | null;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly token: PermissionToken | null;
  /** Where the agent wants to be told, if anywhere. */
  readonly callbackUrl: string | null;
  /** What a socket must show to follow it. */
  readonly ticket: string;
  /** What the form of its page must carry. */
  readonly formKey: string;
}

/** What a permission is made of. */
export type NewPermission = Omit<
  Permission,
  'status' | 'grantedScope' | 'decidedBy' | 'decidedAtMs' | 'createdAtMs' | 'token'
>;

/** Why a token is not good, in the words of the wire (contract §2.2). */
export type TokenProblem =
  | 'Token not found'
  | 'Token does not match permission request'
  | 'Token has been revoked'
  | 'Token has expired'
  | 'Token has been fully consumed';

/** At most so many are kept; then the oldest is dropped, whatever its state. */
const MAX_PERMISSIONS = 5000;
/** A token that a human grants lives for at least so long, in milliseconds. */
const SHORTEST_TOKEN_LIFE_MS = 30_000;

/**
 * The permissions of all agents, in memory. Each change is made in one go, so that of several at once one wins; each
 * change of status is told.
 */
export class Permissions {
  readonly #permissions = new Map<string, Permission>();
  readonly #clock: Clock;
  readonly #newToken: () => string;
  readonly #changed: (permission: Permission) => void;

  constructor(clock: Clock, newToken: () => string, changed: (permission: Permission) => void) {
    this.#clock = clock;
    this.#newToken = newToken;
    this.#changed = changed;
  }

  /** Keeps a new one, pending. */
  add(permission: NewPermission): Permission {
    const [oldest] = this.#permissions.keys();
    if (this.#permissions.size >= MAX_PERMISSIONS && oldest !== undefined) this.#permissions.delete(oldest);
    return this.#keep({
      ...permission,
      status: 'pending',
      grantedScope: null,
      decidedBy: null,
      decidedAtMs: null,
      createdAtMs: this.#clock.now(),
      token: null,
    });
  }

  /** As it stands, without noticing that its time is over. */
  peek(id: string): Permission | undefined {
    return this.#permissions.get(id);
  }

  /** Ends it if its time is over. Whether this call did. */
  expire(id: string): boolean {
    const permission = this.#permissions.get(id);
    if (permission?.status !== 'pending' || this.#clock.now() < permission.expiresAtMs) return false;
    this.#decide(permission, { status: 'expired', reason: 'The request has expired.', decidedBy: 'timeout' });
    return true;
  }

  /** Oldest first. */
  list(): readonly Permission[] {
    for (const id of this.#permissions.keys()) this.expire(id);
    return [...this.#permissions.values()];
  }

  /** Whether it can be decided: it is pending, and its time is not over. */
  isOpen({ status, expiresAtMs }: Permission): boolean {
    return status === 'pending' && this.#clock.now() < expiresAtMs;
  }

  /** By a policy at once, or by a human; the token of the latter lives for the rest of the request's time. */
  approve(permission: Permission, by: 'auto' | 'user', grantedScope: Scope, reason: string | null): Permission {
    const now = this.#clock.now();
    const life = permission.expiresAtMs - now;
    const expiresAtMs = now + (by === 'auto' ? life : Math.max(SHORTEST_TOKEN_LIFE_MS, life));
    const token = { value: this.#newToken(), expiresAtMs, usesRemaining: 1, revokedAtMs: null };
    return this.#decide(permission, { status: 'approved', grantedScope, reason, decidedBy: by, token });
  }

  deny(permission: Permission, by: 'auto' | 'user', reason: string | null): Permission {
    return this.#decide(permission, { status: 'denied', reason, decidedBy: by });
  }

  /** Why `token` cannot be spent for the permission; `undefined` if it can. */
  problemOf(permission: Permission, token: string): TokenProblem | undefined {
    const { token: own, agentId } = permission;
    if (own?.value !== token) {
      const another = [...this.#permissions.values()].some(
        (other) => other.agentId === agentId && other.token?.value === token,
      );
      return another ? 'Token does not match permission request' : 'Token not found';
    }
    if (own.revokedAtMs !== null) return 'Token has been revoked';
    if (this.#clock.now() >= own.expiresAtMs) return 'Token has expired';
    return own.usesRemaining === 0 ? 'Token has been fully consumed' : undefined;
  }

  /** Spends the token, which `problemOf` has nothing against. */
  use(permission: Permission): Permission {
    const token = permission.token && { ...permission.token, usesRemaining: 0 };
    return this.#tell({ ...permission, status: 'used', token });
  }

  revoke(permission: Permission): Permission {
    const token = permission.token && { ...permission.token, revokedAtMs: this.#clock.now() };
    return this.#keep({ ...permission, token });
  }

  /** Ends the time of the request, and of its token, now. */
  endTime(permission: Permission): Permission {
    const now = this.#clock.now();
    const earlier = (ms: number) => Math.min(ms, now);
    const token = permission.token && { ...permission.token, expiresAtMs: earlier(permission.token.expiresAtMs) };
    const ended = this.#keep({ ...permission, expiresAtMs: earlier(permission.expiresAtMs), token });
    this.expire(ended.id);
    return this.#permissions.get(ended.id) ?? ended;
  }

  clear(): void {
    this.#permissions.clear();
  }

  #decide(permission: Permission, decision: Partial<Permission>): Permission {
    return this.#tell({ ...permission, ...decision, decidedAtMs: this.#clock.now() });
  }

  #tell(permission: Permission): Permission {
    const kept = this.#keep(permission);
    this.#changed(kept);
    return kept;
  }

  #keep(permission: Permission): Permission {
    const kept = Object.freeze(permission);
    this.#permissions.set(kept.id, kept);
    return kept;
  }
}
