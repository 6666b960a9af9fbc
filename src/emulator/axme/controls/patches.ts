import * as v from 'valibot';
import { int, jsonObject, text, timestamp } from '../input.js';

/** What a person or a machine is reminded of, and when: seconds from the change of the controls on. */
const reminderSchema = v.object({ offset_seconds: int(0), note: v.nullish(text(0, 2000)) });

/** What the platform does by itself (AXME contract §2.5.3); other members are kept as they are. */
export const controlsPatch = v.pipe(
  jsonObject,
  v.looseObject({
    timeout_seconds: v.nullish(int(1)),
    max_retries: v.nullish(int(0)),
    retry_delay_seconds: v.nullish(int(0)),
    reminders: v.nullish(v.pipe(v.array(reminderSchema), v.maxLength(100))),
  }),
);

/** Bounds of an intent's life (AXME contract §2.5.3). */
export const envelopePatch = v.pipe(
  jsonObject,
  v.looseObject({
    max_retry_count: v.nullish(int(0)),
    retry_backoff_seconds: v.nullish(int(0)),
    execution_timeout_seconds: v.nullish(int(1)),
    ttl_seconds: v.nullish(int(1)),
    // Checked only: it is kept as it was written.
    expires_at: v.nullish(
      v.pipe(
        v.string(),
        v.check((value) => v.is(timestamp, value), 'Expected a date-time'),
      ),
    ),
  }),
);

/** Who may steer the intent beside those whose it is (AXME contract §2.5.3). */
export const grantsPatch = v.record(
  v.string(),
  v.nullable(v.looseObject({ allow: v.array(v.picklist(['resume', 'update_controls', 'update_policy'])) })),
);

/** The reminders among the controls. */
export function remindersOf(
  controls: Readonly<Record<string, unknown>>,
): readonly v.InferOutput<typeof reminderSchema>[] {
  const result = v.safeParse(v.array(reminderSchema), controls['reminders']);
  return result.success ? result.output : [];
}
