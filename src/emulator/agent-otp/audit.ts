import type { Clock } from '../../runtime/clock.js';
import type { Random } from '../random.js';

/** What is noted (Agent OTP contract §2.3, §2.5). */
export const auditEvents = [
  'request',
  'approve',
  'deny',
  'use',
  'revoke',
  'expire',
  'agent_create',
  'agent_update',
  'agent_delete',
  'policy_create',
  'policy_update',
  'policy_delete',
  'otp_request',
  'otp_approve',
  'otp_deny',
  'otp_receive',
  'otp_consume',
  'otp_expire',
  'otp_cancel',
  'device_register',
] as const;

export type AuditEvent = (typeof auditEvents)[number];

/** One line of the audit. */
export interface AuditEntry {
  readonly id: string;
  readonly userId: string;
  readonly agentId: string | null;
  readonly permissionRequestId: string | null;
  readonly eventType: AuditEvent;
  readonly details: object;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly createdAtMs: number;
}

/** Which lines are wanted: what is `undefined` does not matter. */
export interface AuditFilter {
  readonly agentId?: string | undefined;
  readonly permissionRequestId?: string | undefined;
  readonly eventType?: string | undefined;
  /** Milliseconds since the epoch, inclusive. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** At most so many lines are kept; then the oldest is dropped. */
const MAX_ENTRIES = 5000;

/** What happened, for owners. */
export class Audit {
  #entries: AuditEntry[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `request` is given where the caller's address and program are noted. */
  note(
    entry: Pick<AuditEntry, 'userId' | 'eventType' | 'details'> &
      Partial<Pick<AuditEntry, 'agentId' | 'permissionRequestId'>>,
    random: Random,
    request?: Request,
  ): void {
    if (this.#entries.length >= MAX_ENTRIES) this.#entries.shift();
    this.#entries.push(
      Object.freeze({
        id: random.uuid(),
        agentId: null,
        permissionRequestId: null,
        ...entry,
        ipAddress: request?.headers.get('CF-Connecting-IP') ?? null,
        userAgent: request?.headers.get('User-Agent') ?? null,
        createdAtMs: this.#clock.now(),
      }),
    );
  }

  /** The owner's, newest first. */
  list(userId: string, filter: AuditFilter = {}): readonly AuditEntry[] {
    const { agentId, permissionRequestId, eventType, fromMs, toMs } = filter;
    return this.#entries
      .filter(
        (entry) =>
          entry.userId === userId &&
          (agentId === undefined || entry.agentId === agentId) &&
          (permissionRequestId === undefined || entry.permissionRequestId === permissionRequestId) &&
          (eventType === undefined || entry.eventType === eventType) &&
          (fromMs === undefined || entry.createdAtMs >= fromMs) &&
          (toMs === undefined || entry.createdAtMs <= toMs),
      )
      .reverse();
  }

  clear(): void {
    this.#entries = [];
  }
}
