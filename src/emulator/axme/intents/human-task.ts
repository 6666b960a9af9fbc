import { type Schema, Validator } from '@cfworker/json-schema';
import * as v from 'valibot';
import { jsonObject, text } from '../input.js';
import { AxmeRefusal, type Issue } from '../refusal.js';

/** Work for a person (AXME contract §2.3), as it is on the wire. Further members stay as they are. */
export const humanTaskSchema = v.looseObject({
  title: v.nullish(text(0, 255)),
  description: v.nullish(text(0, 2000)),
  task_type: v.nullish(text(1, 64)),
  allowed_outcomes: v.nullish(v.pipe(v.array(text(1, 64)), v.minLength(1), v.maxLength(20))),
  required_comment: v.nullish(v.boolean()),
  assignees: v.nullish(v.pipe(v.array(text(1, 383)), v.minLength(1), v.maxLength(20))),
  evidence_required: v.nullish(v.boolean()),
  form_schema: v.nullish(jsonObject),
});

/** Work for a person, as it is on the wire. */
export type HumanTask = v.InferOutput<typeof humanTaskSchema>;

/** A person's answer, as it is on the wire. Further members are answers too. */
export const taskResultSchema = v.looseObject({
  outcome: text(1, 64),
  comment: v.nullish(v.string()),
  data: v.nullish(jsonObject),
});

/** A person's answer, as it is on the wire. */
export type TaskResult = v.InferOutput<typeof taskResultSchema>;

/** Whether the outcome says no (AXME contract §10.3). */
export function isNegative(outcome: string): boolean {
  return /(^|_)(rejected|failed|declined)$/i.test(outcome);
}

/** The outcome by which a person who only says yes answers; `undefined`: the task has none. */
export function positiveOutcome({ allowed_outcomes: allowed }: HumanTask): string | undefined {
  if (!allowed || allowed.includes('approved')) return 'approved';
  return allowed.find((outcome) => !isNegative(outcome));
}

/**
 * Checks an answer by AXME contract §2.5.2 (3).
 *
 * @throws {AxmeRefusal} 422, with everything that is wrong.
 */
export function checkTaskResult(task: HumanTask, result: TaskResult): void {
  const issues: Issue[] = [];
  const wrong = (name: string[], msg: string, type: string) =>
    issues.push({ loc: ['body', 'task_result', ...name], msg, type });
  const { outcome, comment, data, ...rest } = result;
  if (task.allowed_outcomes && !task.allowed_outcomes.includes(outcome)) {
    wrong(['outcome'], `outcome must be one of ${task.allowed_outcomes.join(', ')}`, 'outcome_not_allowed');
  }
  if (task.required_comment && !comment?.trim()) wrong(['comment'], 'a comment is required', 'comment_required');
  if (task.evidence_required && isEmpty(data?.['evidence'])) {
    wrong(['data', 'evidence'], 'evidence is required', 'evidence_required');
  }
  if (task.form_schema) {
    for (const error of formErrors(task.form_schema, data ?? rest)) {
      wrong(['data', ...error.at], error.message, 'form_schema');
    }
  }
  if (issues.length > 0) throw new AxmeRefusal(422, issues);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function formErrors(schema: object, answer: object): { at: string[]; message: string }[] {
  try {
    const { valid, errors } = new Validator(schema as Schema, '2020-12', false).validate(answer);
    if (valid) return [];
    return errors.map(({ instanceLocation, error }) => ({
      at: instanceLocation.split('/').slice(1),
      message: error,
    }));
  } catch {
    return [{ at: [], message: 'form_schema is not a usable JSON Schema' }];
  }
}
