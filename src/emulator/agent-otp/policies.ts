import type { Clock } from '../../runtime/clock.js';
import type { Random } from '../random.js';
import { type Conditions, hold, type Question } from './conditions.js';
import type { Scope } from './scope.js';

/** What becomes of a request that a policy fits. */
export type PolicyAction = 'auto_approve' | 'require_approval' | 'deny';

export interface Policy {
  readonly policyId: string;
  readonly ownerId: string;
  /** Whose requests it is for; `null`: those of all of the owner's agents. */
  readonly agentId: string | null;
  readonly name: string;
  readonly description: string | null;
  /** The highest is asked first. */
  readonly priority: number;
  readonly conditions: Conditions;
  readonly action: PolicyAction;
  readonly scopeTemplate: Scope | null;
  readonly isActive: boolean;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What of a policy its owner says. */
export type PolicyFields = Omit<Policy, 'policyId' | 'ownerId' | 'createdAtMs' | 'updatedAtMs'>;

/** What of a policy changes; what is `undefined` stays. */
export type PolicyChanges = { readonly [Name in keyof PolicyFields]?: PolicyFields[Name] | undefined };

/** What the policies say of a request. */
export interface Verdict {
  readonly action: PolicyAction;
  /** The policy that says so; `null` if none fits. */
  readonly policy: Policy | null;
  readonly reason: string;
}

/** At most so many; then no more can be made. */
const MAX_POLICIES = 1000;

/** The policies of all owners, and what they decide (Agent OTP contract §3.4). */
export class Policies {
  readonly #policies = new Map<string, Policy>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `undefined` when there are too many. */
  add(ownerId: string, fields: PolicyFields, random: Random): Policy | undefined {
    if (this.#policies.size >= MAX_POLICIES) return undefined;
    const now = this.#clock.now();
    return this.#keep({ policyId: random.uuid(), ownerId, ...fields, createdAtMs: now, updatedAtMs: now });
  }

  update(policy: Policy, fields: PolicyChanges): Policy {
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    return this.#keep({ ...policy, ...given, updatedAtMs: this.#clock.now() });
  }

  delete({ policyId }: Policy): void {
    this.#policies.delete(policyId);
  }

  /** The owner's policy; `undefined` if it is another's. */
  get(policyId: string, ownerId: string): Policy | undefined {
    const policy = this.#policies.get(policyId);
    return policy?.ownerId === ownerId ? policy : undefined;
  }

  /** Highest priority first; of equal ones the oldest. */
  list(ownerId: string): readonly Policy[] {
    return [...this.#policies.values()]
      .filter((policy) => policy.ownerId === ownerId)
      .sort((a, b) => b.priority - a.priority);
  }

  /** The first policy whose conditions all hold decides; where there is none, a human does. */
  decide(ownerId: string, question: Question): Verdict {
    const policy = this.list(ownerId).find(
      ({ isActive, agentId, conditions }) =>
        isActive && (agentId === null || agentId === question.agentId) && hold(conditions, question),
    );
    if (policy === undefined) {
      return { action: 'require_approval', policy: null, reason: 'No policy matched: approval is required.' };
    }
    return { action: policy.action, policy, reason: `Policy "${policy.name}" matched: ${words[policy.action]}.` };
  }

  clear(): void {
    this.#policies.clear();
  }

  #keep(policy: Policy): Policy {
    const kept = Object.freeze(policy);
    this.#policies.set(kept.policyId, kept);
    return kept;
  }
}

const words: Readonly<Record<PolicyAction, string>> = {
  auto_approve: 'approved at once',
  require_approval: 'approval is required',
  deny: 'denied',
};
