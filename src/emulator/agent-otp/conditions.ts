import * as v from 'valibot';
import { type SchemaIssue, SchemaRefusal } from './refusals.js';
import { camel, isRecord } from './spelling.js';

/** By dotted path, what must hold of the value there: operators and their operands. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What a policy looks at (Agent OTP contract §3.4). */
export interface Question {
  readonly action: string;
  readonly resource: string | null;
  readonly agentId: string;
  readonly scope: object;
  readonly context: object;
}

type Test = (value: unknown, operand: never) => boolean;

const numeric =
  (test: (value: number, operand: number) => boolean): Test =>
  (value, operand) =>
    typeof value === 'number' && test(value, operand);

const textual =
  (test: (value: string, operand: string) => boolean): Test =>
  (value, operand) =>
    typeof value === 'string' && test(value, operand);

const tests: Readonly<Record<string, Test>> = {
  equals: (value, operand) => value === operand,
  notEquals: (value, operand) => value !== operand,
  lessThan: numeric((value, operand) => value < operand),
  greaterThan: numeric((value, operand) => value > operand),
  lessThanOrEqual: numeric((value, operand) => value <= operand),
  greaterThanOrEqual: numeric((value, operand) => value >= operand),
  startsWith: textual((value, operand) => value.startsWith(operand)),
  endsWith: textual((value, operand) => value.endsWith(operand)),
  contains: textual((value, operand) => value.includes(operand)),
  matches: textual(matches),
  in: (value, operand: readonly unknown[]) => operand.includes(value),
  notIn: (value, operand: readonly unknown[]) => !operand.includes(value),
  exists: (value, operand: boolean) => (value !== undefined && value !== null) === operand,
};

const operands: Readonly<Record<string, v.GenericSchema>> = {
  equals: v.unknown(),
  notEquals: v.unknown(),
  lessThan: v.number(),
  greaterThan: v.number(),
  lessThanOrEqual: v.number(),
  greaterThanOrEqual: v.number(),
  startsWith: v.string(),
  endsWith: v.string(),
  contains: v.string(),
  matches: v.string(),
  in: v.array(v.unknown()),
  notIn: v.array(v.unknown()),
  exists: v.boolean(),
};

/** How conditions that came over the wire are read. */
export interface ConditionSpelling {
  /** Whether operators may be in snake_case. */
  readonly snakeCase: boolean;
  /** Whether operators that do not exist are dropped, as the real server does, rather than refused. */
  readonly dropsUnknown: boolean;
}

/** The conditions of a policy, checked. @throws {SchemaRefusal} an operator does not exist, or its operand is of another type. */
export function readConditions(given: unknown, spelling: ConditionSpelling): Conditions {
  const issues: SchemaIssue[] = [];
  if (!isRecord(given)) {
    throw new SchemaRefusal([
      { code: 'invalid_type', expected: 'object', path: ['conditions'], message: 'Expected object' },
    ]);
  }
  const conditions = Object.entries(given).map(([path, tested]) => {
    if (!isRecord(tested)) {
      issues.push({ code: 'invalid_type', expected: 'object', path: ['conditions', path], message: 'Expected object' });
      return [path, {}];
    }
    return [path, readOperators(tested, ['conditions', path], spelling, issues)];
  });
  if (issues.length > 0) throw new SchemaRefusal(issues);
  return Object.fromEntries(conditions);
}

function readOperators(
  tested: Record<string, unknown>,
  path: readonly string[],
  { snakeCase, dropsUnknown }: ConditionSpelling,
  issues: SchemaIssue[],
): object {
  const read = Object.entries(tested).flatMap(([name, operand]) => {
    const operator = snakeCase ? camel(name) : name;
    const schema = Object.hasOwn(operands, operator) ? operands[operator] : undefined;
    if (schema === undefined) {
      if (!dropsUnknown) {
        const message = `Unrecognized operator ${JSON.stringify(name)}`;
        issues.push({ code: 'unrecognized_keys', keys: [name], path, message });
      }
      return [];
    }
    if (!v.is(schema, operand)) {
      const message = `The operand of ${operator} is of the wrong type`;
      issues.push({ code: 'invalid_type', path: [...path, name], message });
    }
    return [[operator, operand]];
  });
  return Object.fromEntries(read);
}

/** Whether all of them hold. None is none that fails. */
export function hold(conditions: Conditions, question: Question): boolean {
  return Object.entries(conditions).every(([path, tested]) => {
    const value = valueAt(question, path);
    // An operand is of its operator's type since the condition was read.
    return Object.entries(tested).every(([operator, operand]) => tests[operator]?.(value, operand as never));
  });
}

function valueAt(question: Question, path: string): unknown {
  let at: unknown = question;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** Unanchored; a pattern that is none matches nothing. */
function matches(value: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return false;
  }
}
