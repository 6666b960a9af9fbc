import * as v from 'valibot';
import { auditEvents } from './audit.js';
import { isRecord } from './spelling.js';

// The limits of Agent OTP contract §2. Names are in camelCase: a dialect's `keys` has seen to that.

/** Free-form. (`v.record` would drop a key such as `constructor`.) */
const free = v.custom<Record<string, unknown>>(isRecord, 'Expected object');

const text = (least: number, most: number) => v.pipe(v.string(), v.minLength(least), v.maxLength(most));

const seconds = (least: number, most: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most)), 300);

const callbackUrl = v.optional(
  v.pipe(
    v.string(),
    v.maxLength(2048),
    v.check((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol), 'Expected an http or https URL'),
  ),
);

const uuid = v.pipe(v.string(), v.uuid('Invalid uuid'));

export const permissionRequestSchema = v.object({
  action: text(1, 255),
  resource: v.optional(text(0, 255)),
  scope: v.optional(free, {}),
  context: v.optional(free, {}),
  ttl: seconds(30, 3600),
  webhookUrl: callbackUrl,
});

export const tokenSchema = v.object({ token: v.pipe(v.string(), v.minLength(1)) });

export const useSchema = v.object({
  ...tokenSchema.entries,
  actionDetails: v.optional(free),
  details: v.optional(free),
});

export const revokeSchema = v.object({ ...tokenSchema.entries, reason: v.optional(text(0, 500)) });

export const decideSchema = v.object({
  approved: v.boolean(),
  reason: v.optional(text(0, 500)),
  scopeModifications: v.optional(free),
});

export const reasonSchema = v.object({ reason: v.optional(text(0, 500)) });

const agentFields = {
  description: v.optional(v.nullable(text(0, 1000))),
  metadata: v.optional(free),
};

export const newAgentSchema = v.object({ name: text(1, 255), ...agentFields });

export const agentChangeSchema = v.object({
  name: v.optional(text(1, 255)),
  ...agentFields,
  isActive: v.optional(v.boolean()),
});

export const rotateSchema = v.object({
  gracePeriod: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(30 * 86_400))),
  revokeImmediately: v.optional(v.boolean()),
});

const policyAction = v.picklist(['auto_approve', 'require_approval', 'deny']);
const priority = v.pipe(v.number(), v.safeInteger());

export const newPolicySchema = v.object({
  name: text(1, 255),
  description: v.optional(v.nullable(text(0, 1000)), null),
  agentId: v.optional(v.nullable(uuid), null),
  priority: v.optional(priority, 0),
  conditions: free,
  action: policyAction,
  scopeTemplate: v.optional(v.nullable(free), null),
});

export const policyChangeSchema = v.object({
  name: v.optional(text(1, 255)),
  description: v.optional(v.nullable(text(0, 1000))),
  priority: v.optional(priority),
  conditions: v.optional(free),
  action: v.optional(policyAction),
  scopeTemplate: v.optional(v.nullable(free)),
  isActive: v.optional(v.boolean()),
});

const source = v.picklist(['sms', 'email', 'whatsapp']);

export const relayRequestSchema = v.object({
  reason: text(1, 500),
  publicKey: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  expectedSender: v.optional(text(0, 255)),
  filter: v.optional(
    v.object({
      sources: v.optional(v.array(source)),
      senderPattern: v.optional(text(0, 255)),
      contentPattern: v.optional(text(0, 500)),
      receivedAfter: v.optional(v.pipe(v.string(), v.isoTimestamp('Invalid datetime'))),
    }),
    {},
  ),
  ttl: seconds(60, 600),
  webhookUrl: callbackUrl,
});

const captured = {
  encryptedPayload: text(1, 16_384),
  encryptedContent: v.optional(text(1, 16_384)),
  source,
};

export const receiveSchema = v.object({ ...captured, metadata: v.optional(free, {}) });

export const otpWebhookSchema = v.object({
  ...captured,
  requestId: text(1, 255),
  sender: v.optional(text(0, 255)),
  subject: v.optional(text(0, 500)),
  deviceId: v.optional(text(0, 255)),
  receivedAt: v.optional(text(0, 100)),
});

/** The number that a query says; what is none stays what it is, and is refused. */
const number = (least: number, most: number, otherwise: number) =>
  v.optional(
    v.pipe(v.string(), v.transform(Number), v.number(), v.integer(), v.minValue(least), v.maxValue(most)),
    String(otherwise),
  );

const paging = {
  page: number(1, Number.MAX_SAFE_INTEGER, 1),
  limit: number(1, 100, 20),
  cursor: v.optional(v.string()),
};

export const pagingSchema = v.object(paging);

const date = v.optional(
  v.pipe(
    v.string(),
    v.check(
      (given) => /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d))?$/.test(given) && !Number.isNaN(Date.parse(given)),
      'Invalid datetime',
    ),
    v.transform(Date.parse),
  ),
);

export const auditQuerySchema = v.object({
  ...paging,
  agentId: v.optional(uuid),
  permissionRequestId: v.optional(v.string()),
  permissionId: v.optional(v.string()),
  eventType: v.optional(v.picklist(auditEvents)),
  startDate: date,
  endDate: date,
});

const id = text(1, 255);

export const telegramLinkSchema = v.object({ telegramUserId: v.union([id, v.number()]), linkToken: id });

export const newDeviceSchema = v.object({ platform: id, model: id, osVersion: id, deviceId: id });

export const deviceLinkSchema = v.object({ deviceId: id, linkToken: id });
