import type { PermissionStatus } from './constants.js';

/** What an agent asks for (Agent OTP contract §2.2). */
export interface PermissionRequest {
  /** What it wants to do, such as `email.send`: 1 to 255 characters. */
  readonly action: string;
  /** What it wants to do it to, such as `file:/etc/hosts`: up to 255 characters. */
  readonly resource?: string | undefined;
  /** The limits it asks for, in words of your own, such as `{ max_emails: 1 }`. Default `{}`. */
  readonly scope?: Readonly<Record<string, unknown>> | undefined;
  /** What the human should know to decide. Default `{}`. Policies see it too. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Seconds for the decision, and then for the token: 30 to 3600. Default 300. */
  readonly ttlSeconds?: number | undefined;
  /** Where the server sends a webhook about the decision. The project's own server drops it (Agent OTP contract §6). */
  readonly webhookUrl?: string | undefined;
  /** `ttlSeconds` under its published name. */
  readonly ttl?: number | undefined;
}

/** A permission as the server tells of it, whatever its dialect. Frozen. */
export interface PermissionResponse {
  readonly id: string;
  /** A status that this release does not know counts as undecided. */
  readonly status: PermissionStatus | (string & {});
  /**
   * The secret to use once, while `status` is `approved` and if the server gives it out. JSON, spread and inspection do not
   * show it.
   */
  readonly token?: string | undefined;
  /** The limits granted; while pending, and from servers that do not tell of the grant, those asked for. */
  readonly scope?: Readonly<Record<string, unknown>> | undefined;
  readonly action?: string | undefined;
  readonly resource?: string | undefined;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Why it was decided so; of a denial, the human's words or the policy's. */
  readonly reason?: string | undefined;
  /** `auto`, `user`, `timeout`, or what the server says. */
  readonly decidedBy?: string | undefined;
  readonly decidedAt?: Date | undefined;
  /** When it expires, by the server's clock. */
  readonly expiresAt?: Date | undefined;
  readonly createdAt?: Date | undefined;
  /** Where a human decides. */
  readonly approvalUrl?: string | undefined;
  /** The socket that tells of the decision: the server calls it so. */
  readonly webhookUrl?: string | undefined;
  /** Other fields of the server, as they came. */
  readonly [field: string]: unknown;
}
