import * as v from 'valibot';
import { parseDateTime } from './date-time.js';
import type { AnswerContext } from './envelope.js';
import { LimeProtocolError } from './errors.js';

/** What a login request asks of the agent (LIME contract §3.1). */
export interface Challenge {
  readonly challenge: string;
  /** Leading zero bits: a safe integer. */
  readonly difficulty: number;
}

/** What the platform says of an approved login (LIME contract §6.3). */
export interface Approval {
  readonly requestId: string;
  readonly siteId: string;
  /** `APPROVED`, `DELIVERED` once the site has it, or what a later platform says. */
  readonly status: 'APPROVED' | 'DELIVERED' | (string & {});
  /** When the login expires. */
  readonly expiresAt: Date;
  /** The agent that was logged in; `null` if the platform does not say. */
  readonly approvedAgentId: string | null;
}

// The messages say what was expected: valibot's own would quote what was received, which may be a secret.
const text = v.string('a string');

const DIFFICULTY = 'a decimal string or a finite number';
const difficulty = v.pipe(
  v.union(
    [v.pipe(v.number(), v.finite(DIFFICULTY)), v.pipe(v.string(), v.regex(/^[+-]?\d+(\.\d*)?$/, DIFFICULTY))],
    DIFFICULTY,
  ),
  v.transform(toSafeInteger),
);

const challengeSchema = v.object({
  pow_challenge: v.pipe(
    text,
    v.check((challenge) => !/\p{Surrogate}/u.test(challenge), 'well-formed Unicode'),
  ),
  pow_difficulty: difficulty,
});

const DATE_TIME = 'an ISO 8601 date-time';
const approvalSchema = v.object({
  request_id: text,
  site_id: text,
  status: text,
  expires_at: v.pipe(v.string(DATE_TIME), v.transform(parseDateTime), v.date(DATE_TIME)),
  approved_agent_id: v.nullish(v.string('a string or null')),
});

/** @throws {LimeProtocolError} a field is missing or malformed. */
export function readChallenge(data: Record<string, unknown>, status: number, context: AnswerContext): Challenge {
  const { pow_challenge, pow_difficulty } = check(challengeSchema, data, status, context);
  return { challenge: pow_challenge, difficulty: pow_difficulty };
}

/** @throws {LimeProtocolError} a field is missing or malformed. */
export function readApproval(data: Record<string, unknown>, status: number, context: AnswerContext): Approval {
  const approval = check(approvalSchema, data, status, context);
  return {
    requestId: approval.request_id,
    siteId: approval.site_id,
    status: approval.status,
    expiresAt: approval.expires_at,
    approvedAgentId: approval.approved_agent_id || null,
  };
}

/** The integer part. Beyond the safe integers it makes no difference how far: a digest has 256 bits. */
function toSafeInteger(value: number | string): number {
  const integer = Math.trunc(Number(value)) + 0; // + 0 turns -0 into 0.
  return Math.min(Math.max(integer, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
}

function check<Schema extends v.GenericSchema>(
  schema: Schema,
  data: unknown,
  status: number,
  { requestId }: AnswerContext,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, data);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue)!;
  const missing = !Object.hasOwn(data as object, field);
  const what = missing ? 'is missing' : `has the wrong form: expected ${issue.message}`;
  throw new LimeProtocolError(
    `In LIME's answer (HTTP ${status}) ${field} ${what}. Check that baseUrl is LIME's API root and that this release of countersign knows it.`,
    { field, status, requestId },
  );
}
