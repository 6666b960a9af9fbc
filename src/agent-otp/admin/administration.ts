import type { HttpPath } from '../../http/index.js';
import { type Fields, hideSecret, readFields, unwrap } from '../fields.js';
import type { Platform, PlatformRequest } from '../platform.js';
import { type Page, readPage } from './page.js';

/** An agent of the owner (Agent OTP contract §2.3). Frozen. */
export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** The first characters of its key. */
  readonly apiKeyPrefix: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly isActive: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly [field: string]: unknown;
}

/** An agent whose key was just made. The key is told once; JSON, spread and inspection do not show it. */
export interface AgentWithKey extends Partial<Agent> {
  readonly id: string;
  readonly apiKey: string;
}

/** What an agent is made of. */
export interface AgentInput {
  /** 1 to 255 characters. */
  readonly name: string;
  /** Up to 1000 characters. */
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** What happened, and when (Agent OTP contract §2.3). Frozen. */
export interface AuditEntry {
  readonly id: string;
  readonly userId: string | null;
  readonly agentId: string | null;
  readonly permissionRequestId: string | null;
  /** `request`, `approve`, `deny`, `use`, … */
  readonly eventType: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly [field: string]: unknown;
}

/** How often each thing happened. Frozen. */
export interface AuditStats {
  /** Such as `30d`. */
  readonly period: string;
  readonly total: number;
  readonly byEventType: Readonly<Record<string, number>>;
  readonly [field: string]: unknown;
}

type Owned = Omit<PlatformRequest<unknown>, 'lane' | 'decode' | 'repeatable' | 'path'>;

/** One request of the owner's, whose answer is an object. All but `POST` may be sent again: they say how things shall be. */
export function one<T>(platform: Platform, path: HttpPath, request: Owned): Promise<T> {
  return platform.request({
    ...request,
    path,
    lane: 'owner',
    repeatable: request.method !== 'POST',
    decode: (json, status) => {
      const { apiKey, ...fields } = readFields(unwrap(json) ?? {}, status);
      hideSecret(fields, 'apiKey', apiKey);
      return Object.freeze(fields) as T;
    },
  });
}

/** One request of the owner's, whose answer is a list. */
export function many<T>(
  platform: Platform,
  path: HttpPath,
  options: { readonly query: object; readonly signal: AbortSignal },
): Promise<Page<T>> {
  const query = Object.entries(platform.rules.spellKeys(options.query as Fields)).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return platform.request({
    method: 'GET',
    path,
    query: Object.fromEntries(query),
    lane: 'owner',
    repeatable: true,
    signal: options.signal,
    decode: readPage<T>,
  });
}
