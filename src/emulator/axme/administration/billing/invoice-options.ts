import * as v from 'valibot';
import { int, jsonObject, text, uuid } from '../../input.js';
import { type Invoice, invoiceStatus } from './wire.js';

/** What an invoice that is added by hand is like. */
export interface InvoiceOptions {
  /** Default: the organization that exists from the start. */
  readonly orgId?: string | undefined;
  /** Default: the workspace that exists from the start. */
  readonly workspaceId?: string | undefined;
  /** Default `issued`. */
  readonly status?: Invoice['status'] | undefined;
  /** In minor units. Default: what the workspace's plan commits to, or 0. */
  readonly totalMinor?: number | undefined;
  /** In minor units. Default: the total. */
  readonly subtotalMinor?: number | undefined;
  /** Default: the plan's, or `USD`. */
  readonly currency?: string | undefined;
  /** Default `{}`. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export const invoiceOptions = v.strictObject({
  orgId: v.optional(uuid),
  workspaceId: v.optional(uuid),
  status: v.optional(invoiceStatus),
  totalMinor: v.optional(int(0)),
  subtotalMinor: v.optional(int(0)),
  currency: v.optional(text(3, 16)),
  metadata: v.optional(jsonObject),
});
