import { POLICY_ACTION, type PolicyAction } from '../constants.js';
import type { DialectRules } from '../dialect.js';
import { invalid } from '../errors.js';
import { camelCase, camelKeys, isObject } from '../fields.js';

/** What a field must be, all of it together (Agent OTP contract §3.4). The spellings with underscores are taken too. */
export interface PolicyOperators {
  readonly equals?: unknown;
  readonly notEquals?: unknown;
  readonly lessThan?: number | undefined;
  readonly greaterThan?: number | undefined;
  readonly lessThanOrEqual?: number | undefined;
  readonly greaterThanOrEqual?: number | undefined;
  readonly startsWith?: string | undefined;
  readonly endsWith?: string | undefined;
  readonly contains?: string | undefined;
  /** A regular expression, not anchored. */
  readonly matches?: string | undefined;
  readonly in?: readonly unknown[] | undefined;
  readonly notIn?: readonly unknown[] | undefined;
  readonly exists?: boolean | undefined;
  readonly not_equals?: unknown;
  readonly less_than?: number | undefined;
  readonly greater_than?: number | undefined;
  readonly less_than_or_equal?: number | undefined;
  readonly greater_than_or_equal?: number | undefined;
  readonly starts_with?: string | undefined;
  readonly ends_with?: string | undefined;
  readonly not_in?: readonly unknown[] | undefined;
}

/** What a policy is made of. */
export interface PolicyInput {
  /** 1 to 255 characters. */
  readonly name: string;
  /**
   * What must hold for the policy to decide: dotted paths into `action`, `resource`, `agentId`, `scope` and `context`. `{}`
   * holds always.
   */
  readonly conditions: Readonly<Record<string, PolicyOperators>>;
  readonly action: PolicyAction;
  /** Only for this agent. Default: for all of the owner's. */
  readonly agentId?: string | undefined;
  /** Up to 1000 characters. */
  readonly description?: string | undefined;
  /** The highest decides. Default 0. */
  readonly priority?: number | undefined;
  /** Put over the scope that is asked for when the policy approves: it wins key by key, even where it grants more. */
  readonly scopeTemplate?: Readonly<Record<string, unknown>> | null | undefined;
}

/** A policy (Agent OTP contract §2.3). Frozen. */
export interface Policy extends Omit<PolicyInput, 'agentId' | 'description'> {
  readonly id: string;
  readonly agentId: string | null;
  readonly description: string | null;
  readonly isActive: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly agentName?: string | null | undefined;
  readonly [field: string]: unknown;
}

const FIELDS = ['name', 'conditions', 'action', 'agentId', 'description', 'priority', 'scopeTemplate', 'isActive'];

/** What each operator needs: of anything else servers say that it never holds, or drop it. */
const OPERATORS: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...each(['equals', 'notEquals'], () => true),
  ...each(['lessThan', 'greaterThan', 'lessThanOrEqual', 'greaterThanOrEqual'], Number.isFinite),
  ...each(['startsWith', 'endsWith', 'contains'], (value) => typeof value === 'string'),
  ...each(['in', 'notIn'], Array.isArray),
  exists: (value) => typeof value === 'boolean',
  matches: isPattern,
};

/**
 * A policy as it is sent. Servers drop what they do not know, and an operator object that ends up empty holds always: a policy
 * that says too little would decide everything. Hence nothing unknown is sent.
 *
 * @throws {ValidationError} a field or an operator is unknown or has the wrong form; the message names it.
 * @see Agent OTP contract §3.4
 */
export function writePolicy(input: Partial<PolicyInput>, rules: DialectRules): object {
  const policy = camelKeys(input as Record<string, unknown>);
  const unknown = Object.keys(policy).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) throw invalid(unknown, 'is no field of a policy');
  const { action, conditions } = policy;
  if (action !== undefined && !(Object.values(POLICY_ACTION) as unknown[]).includes(action)) {
    throw invalid('action', `must be one of ${Object.values(POLICY_ACTION).join(', ')}`);
  }
  return rules.spellKeys({
    ...policy,
    conditions: conditions === undefined ? undefined : writeConditions(conditions, rules),
  });
}

function writeConditions(conditions: unknown, rules: DialectRules): object {
  if (!isObject(conditions)) throw invalid('conditions', 'must be an object');
  return Object.fromEntries(
    Object.entries(conditions).map(([path, operators]) => {
      const field = `conditions["${path}"]`;
      const written = isObject(operators) ? Object.entries(operators).filter(([, value]) => value !== undefined) : [];
      if (written.length === 0) throw invalid(field, 'must have at least one operator, or it would hold always');
      for (const [name, value] of written) {
        const isRight = Object.hasOwn(OPERATORS, camelCase(name)) ? OPERATORS[camelCase(name)] : undefined;
        if (isRight === undefined)
          throw invalid(`${field}.${name}`, `is no operator: ${Object.keys(OPERATORS).join(', ')}`);
        if (!isRight(value)) throw invalid(`${field}.${name}`, 'has a value with which it never holds');
      }
      return [path, Object.fromEntries(written.map(([name, value]) => [rules.spell(camelCase(name)), value]))];
    }),
  );
}

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}

function each(names: readonly string[], check: (value: unknown) => boolean) {
  return Object.fromEntries(names.map((name) => [name, check]));
}
