import * as v from 'valibot';
import type { AxmeCall } from '../call.js';
import { address, int, jsonObject, text, timestamp, uuid } from '../input.js';
import { AxmeRefusal } from '../refusal.js';
import { humanTaskSchema } from './human-task.js';
import type { NewIntent } from './intent.js';

/** The payload may have so many bytes (AXME contract §1.7). */
const MAX_PAYLOAD_BYTES = 131_072;

/** What steers an intent from the start (AXME contract §2.2); scenarios have it too. */
export const steering = {
  deadline_at: v.nullish(timestamp),
  remind_after_seconds: v.nullish(int(1)),
  remind_interval_seconds: v.nullish(int(1)),
  max_reminders: v.nullish(int(1)),
  escalate_to: v.nullish(text(1, 383)),
  max_delivery_attempts: v.nullish(int(1)),
  human_task: v.nullish(humanTaskSchema),
};

const fields = {
  intent_type: v.pipe(v.string(), v.regex(/^[a-z0-9_]+(?:\.[a-z0-9_]+)+\.v[0-9]+$/)),
  correlation_id: uuid,
  from_agent: v.nullish(address),
  to_agent: address,
  reply_to: v.nullish(address),
  payload: jsonObject,
  ...steering,
};

/** The intent that the body asks for. @throws {AxmeRefusal} 413 or 422. */
export function newIntentOf(call: AxmeCall): NewIntent {
  const body = call.body(fields);
  checkPayload(body.payload);
  return {
    intentType: body.intent_type,
    correlationId: body.correlation_id,
    fromAgent: body.from_agent ?? call.caller.apiKey.agentAddress,
    toAgent: body.to_agent,
    replyTo: body.reply_to ?? undefined,
    payload: body.payload,
    ...steeringOf(body),
  };
}

/** @throws {AxmeRefusal} 413: it is too large. */
export function checkPayload(payload: object): void {
  const bytes = new TextEncoder().encode(JSON.stringify(payload)).length;
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new AxmeRefusal(413, `payload has ${bytes} bytes, more than ${MAX_PAYLOAD_BYTES}`);
  }
}

type Steering = v.InferOutput<v.ObjectSchema<typeof steering, undefined>>;

export function steeringOf(body: Steering) {
  return {
    deadlineAt: body.deadline_at ?? undefined,
    remindAfterSeconds: body.remind_after_seconds ?? undefined,
    remindIntervalSeconds: body.remind_interval_seconds ?? undefined,
    maxReminders: body.max_reminders ?? undefined,
    escalateTo: body.escalate_to ?? undefined,
    maxDeliveryAttempts: body.max_delivery_attempts ?? undefined,
    humanTask: body.human_task ?? undefined,
  };
}
