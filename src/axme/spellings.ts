import { AxmeInputError } from './errors.js';
import type { JsonObject } from './open.js';

/** A name that AXME's public page has and its service does not know (AXME contract §9.1). */
export interface Spelling {
  readonly methods: readonly string[];
  readonly where: 'payload' | 'options';
  readonly given: string;
  /** The name to use. */
  readonly use: string;
  /** What to say beside it. */
  readonly hint?: string;
}

const CREATE = ['createIntent', 'sendIntent'];
const STEER = ['resolveIntent', 'cancelIntent', 'resumeIntent', 'updateIntentControls', 'updateIntentPolicy'];

/**
 * Spellings that are refused before anything is sent, since the service would ignore them: a comment would be lost, a patch
 * would change nothing, a compare-and-set would compare nothing.
 */
export const REFUSED_SPELLINGS: readonly Spelling[] = [
  { methods: CREATE, where: 'payload', given: 'owner_agent', use: 'to_agent', hint: 'the sender is from_agent' },
  { methods: ['approveInboxThread', 'rejectInboxThread'], where: 'payload', given: 'note', use: 'comment' },
  { methods: ['updateIntentControls'], where: 'payload', given: 'controls', use: 'controls_patch' },
  { methods: STEER, where: 'payload', given: 'policy_generation', use: 'expected_policy_generation' },
  {
    methods: STEER,
    where: 'options',
    given: 'policy_generation',
    use: 'expected_policy_generation',
    hint: 'in the payload',
  },
  {
    methods: STEER,
    where: 'options',
    given: 'policyGeneration',
    use: 'expected_policy_generation',
    hint: 'in the payload',
  },
  { methods: ['waitFor'], where: 'options', given: 'terminal_states', use: 'states' },
  { methods: ['waitFor'], where: 'options', given: 'terminalStates', use: 'states' },
  { methods: ['decideApproval'], where: 'options', given: 'reason', use: 'comment' },
];

/** States that AXME's public page has and its service does not know, with the one that is meant. */
export const REFUSED_STATES: Readonly<Record<string, string>> = {
  PENDING: 'SUBMITTED',
  RESOLVED: 'COMPLETED',
  CANCELLED: 'CANCELED',
  EXPIRED: 'TIMED_OUT',
};

/** @throws {AxmeInputError} an object has a name that the service would ignore. */
export function checkSpelling(method: string, where: Spelling['where'], object: JsonObject): void {
  for (const { given, use, hint, ...of } of REFUSED_SPELLINGS) {
    if (of.where !== where || !of.methods.includes(method) || !Object.hasOwn(object, given)) continue;
    throw new AxmeInputError(`${given} is not a field of ${method}: use ${use}${hint ? ` (${hint})` : ''}.`, {
      field: use,
    });
  }
}

/** Decisions about an approval as one page has them, with the ones that are meant (AXME contract §8). */
export const REFUSED_DECISIONS: Readonly<Record<string, string>> = { approved: 'approve', rejected: 'reject' };

/** @throws {AxmeInputError} `value` is one of those that are refused. */
export function checkValue(field: string, value: unknown, refused: Readonly<Record<string, string>>): void {
  if (typeof value !== 'string' || !Object.hasOwn(refused, value)) return;
  throw new AxmeInputError(`${field} ${value} is not known to AXME: use ${refused[value]}.`, { field });
}
