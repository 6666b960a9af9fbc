import * as v from 'valibot';
import type { AnswerContext } from './envelope.js';
import { checkFields, dateTime, text } from './fields.js';

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

const approvalSchema = v.object({
  request_id: text,
  site_id: text,
  status: text,
  expires_at: dateTime,
  approved_agent_id: v.nullish(v.string('a string or null')),
});

/** @throws {LimeProtocolError} a field is missing or malformed. */
export function readChallenge(data: Record<string, unknown>, status: number, context: AnswerContext): Challenge {
  const { pow_challenge, pow_difficulty } = checkFields(challengeSchema, data, status, context);
  return { challenge: pow_challenge, difficulty: pow_difficulty };
}

/** @throws {LimeProtocolError} a field is missing or malformed. */
export function readApproval(data: Record<string, unknown>, status: number, context: AnswerContext): Approval {
  const approval = checkFields(approvalSchema, data, status, context);
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
