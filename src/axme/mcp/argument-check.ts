import { type Schema, type SchemaDraft, Validator } from '@cfworker/json-schema';
import type { JsonObject } from '../open.js';

/** A tool's schema and what is to be sent to it. */
export interface ArgumentCheck {
  readonly tool: string;
  readonly schema: JsonObject;
  /** As JSON has them: no `undefined`, no class instances. */
  readonly args: JsonObject;
  /** Names in `args` that the client added by itself. */
  readonly added: readonly string[];
  /** Told if the schema is none that can be used; the arguments then need no more than names and types. */
  readonly onBadSchema: (error: unknown) => void;
}

/** Why arguments are not sent. The message has names and what the schema wants, and no value. */
export interface ArgumentFault {
  readonly message: string;
  readonly field: string;
}

/**
 * Checks a tool's arguments before they are sent: that none is missing and each has its type, as AXME's published clients do
 * (contract §6), and then the whole schema. `undefined` if they fit.
 */
export function checkArguments(check: ArgumentCheck): ArgumentFault | undefined {
  const { tool, schema, args } = check;
  const required = Array.isArray(schema['required'])
    ? schema['required'].filter((name) => typeof name === 'string')
    : [];
  const missing: string[] = required.filter((name) => !Object.hasOwn(args, name)).sort();
  if (missing[0] !== undefined) {
    return {
      message: `The tool ${tool} needs arguments that are missing: ${missing.join(', ')}.`,
      field: missing[0],
    };
  }
  for (const [name, declared] of Object.entries(propertiesOf(schema))) {
    const { type } = (declared ?? {}) as { type?: unknown };
    const types = Array.isArray(type) ? type : [type];
    if (type === undefined || !Object.hasOwn(args, name) || types.some((type) => isOfType(args[name], type))) continue;
    return {
      message: `The argument ${name} of the tool ${tool} must be of the type ${types.join(' or ')}.`,
      field: name,
    };
  }
  return checkSchema(check, required);
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  // A type that JSON schema does not have is for the service to judge.
  return typeof value === type || !['string', 'boolean', 'number'].includes(String(type));
}

function checkSchema(
  { tool, schema, args, added, onBadSchema }: ArgumentCheck,
  required: readonly string[],
): ArgumentFault | undefined {
  const known = propertiesOf(schema);
  // A closed schema need not know what the service itself asks clients to add.
  const unknown = added.filter((name) => !Object.hasOwn(known, name) && !required.includes(name));
  const instance = Object.fromEntries(Object.entries(args).filter(([name]) => !unknown.includes(name)));
  let failures: readonly { readonly instanceLocation: string; readonly error: string }[];
  try {
    // It compiles nothing, so that it runs where `eval` does not; and it marks the schema that it is given.
    failures = new Validator(structuredClone(schema) as Schema, draftOf(schema), false).validate(instance).errors;
  } catch (error) {
    onBadSchema(error);
    return undefined;
  }
  if (failures.length === 0) return undefined;
  const deepest = failures.filter(({ instanceLocation: place }, i) => {
    return !failures.some((other, j) => j > i && other.instanceLocation.startsWith(`${place}/`));
  });
  const lines = deepest.map(({ instanceLocation: place, error }) => `${nameOf(place)}: ${withoutValue(error)}`);
  return {
    message: `The arguments do not fit the schema of the tool ${tool}. ${lines.join(' ')}`,
    field: nameOf(deepest[0]?.instanceLocation ?? '#'),
  };
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return typeof properties === 'object' && properties !== null ? (properties as JsonObject) : {};
}

/** MCP's schemas are of 2020-12 unless they say otherwise. */
function draftOf({ $schema }: JsonObject): SchemaDraft {
  const dialect = String($schema);
  if (dialect.includes('draft-04')) return '4';
  if (/draft-0[67]/.test(dialect)) return '7';
  return dialect.includes('2019-09') ? '2019-09' : '2020-12';
}

/** `#/user/name` as `user.name`. */
function nameOf(place: string): string {
  return place.replace(/^#\/?/, '').split('/').join('.') || 'arguments';
}

/** The validator begins what it says of a number with the number. */
function withoutValue(error: string): string {
  return error.replace(/^\S+ is (less|greater|not a multiple)/, 'It is $1');
}
