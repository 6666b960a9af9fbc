import * as v from 'valibot';
import { int, jsonObject, text } from '../input.js';
import { steering } from '../intents/create-request.js';
import { humanTaskSchema } from '../intents/human-task.js';

const scenarioName = v.pipe(text(3, 255), v.regex(/^[a-z0-9_]+(?:\.[a-z0-9_]+)*$/));
const role = text(1, 100);

const stepSchema = v.object({
  step_id: role,
  tool_id: v.nullish(text(1, 255)),
  runtime_type: v.nullish(v.picklist(['human_approval', 'timeout', 'reminder', 'delay', 'escalation', 'notification'])),
  runtime_config: v.nullish(jsonObject),
  assigned_to: v.nullish(text(0, 383)),
  requires_approval: v.nullish(v.boolean()),
  step_deadline_seconds: v.nullish(int(1)),
  retry: v.nullish(v.object({ max_retries: v.nullish(int(0)), retry_delay_seconds: v.nullish(int(1)) })),
  human_task: v.nullish(humanTaskSchema),
  remind_after_seconds: v.nullish(int(1)),
  remind_interval_seconds: v.nullish(int(1)),
  max_reminders: v.nullish(int(1)),
  escalate_to: v.nullish(text(1, 383)),
  on_success: v.nullish(role),
  on_failure: v.nullish(role),
});

/** A step of a workflow (AXME contract §2.4), as it is on the wire. */
export type Step = v.InferOutput<typeof stepSchema>;

/** The parts of a scenario bundle (AXME contract §2.4). */
export const bundleFields = {
  scenario_id: scenarioName,
  description: v.nullish(text(0, 1000)),
  idempotency_key: v.nullish(text(0, 255)),
  agents: v.nullish(
    v.pipe(
      v.array(
        v.object({
          role,
          address: text(1, 383),
          create_if_missing: v.nullish(v.boolean()),
          display_name: v.nullish(text(0, 255)),
        }),
      ),
      v.maxLength(50),
    ),
  ),
  humans: v.nullish(
    v.pipe(
      v.array(v.object({ role, contact: v.nullish(text(1, 255)), display_name: v.nullish(text(0, 255)) })),
      v.maxLength(20),
    ),
  ),
  workflow: v.nullish(
    v.object({
      macro_id: v.nullish(text(0, 255)),
      steps: v.nullish(v.pipe(v.array(stepSchema), v.minLength(1), v.maxLength(100))),
    }),
  ),
  intent: v.object({ type: scenarioName, payload: v.nullish(jsonObject), ...steering }),
};

/** A scenario bundle, as it is on the wire. */
export type Bundle = v.InferOutput<v.ObjectSchema<typeof bundleFields, undefined>>;

/** What is wrong with a bundle whose shape is right: ids, roles, the ways between steps. */
export function bundleErrors(bundle: Bundle): string[] {
  const steps = bundle.workflow?.steps ?? [];
  const roles = [...(bundle.agents ?? []), ...(bundle.humans ?? [])].map((member) => member.role);
  const ids = steps.map(({ step_id }) => step_id);
  const errors = [
    ...repeated(roles).map((name) => `role "${name}" is defined twice`),
    ...repeated(ids).map((id) => `step "${id}" is defined twice`),
  ];
  for (const { step_id, assigned_to, on_success, on_failure } of steps) {
    if (assigned_to && !roles.includes(assigned_to) && !isAddress(assigned_to)) {
      errors.push(`step "${step_id}" is assigned to the unknown role "${assigned_to}"`);
    }
    for (const [name, target] of Object.entries({ on_success, on_failure })) {
      if (target && !ids.includes(target)) errors.push(`${name} of step "${step_id}" names no step: "${target}"`);
    }
  }
  return errors;
}

/** The address of whoever has the role; an address stands for itself. */
export function addressOf(bundle: Bundle, assignee: string): string {
  const agent = bundle.agents?.find((candidate) => candidate.role === assignee);
  const human = bundle.humans?.find((candidate) => candidate.role === assignee);
  return agent?.address ?? human?.contact ?? assignee;
}

function isAddress(assignee: string): boolean {
  return assignee.includes('://') || assignee.includes('@') || assignee.includes('/');
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}
