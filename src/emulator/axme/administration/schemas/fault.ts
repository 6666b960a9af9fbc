/** Nested deeper than this, a schema is refused: whoever walks it does so on a stack. */
const MAX_DEPTH = 64;

const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'];

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number';
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isType: Check = (value) => isText(value) && TYPES.includes(value as string);

/** What the value of a keyword must be. Keywords that are not here may be anything, as in JSON Schema. */
const PLAIN: Readonly<Record<string, Check>> = {
  $id: isText,
  $ref: isText,
  type: (value) => isType(value) || (Array.isArray(value) && value.length > 0 && value.every(isType)),
  enum: Array.isArray,
  required: isTexts,
  pattern: (value) => isText(value) && isPattern(value as string),
  format: isText,
  multipleOf: (value) => isNumber(value) && (value as number) > 0,
  maximum: isNumber,
  minimum: isNumber,
  maxLength: isCount,
  minLength: isCount,
  maxItems: isCount,
  minItems: isCount,
  maxProperties: isCount,
  minProperties: isCount,
  uniqueItems: (value) => typeof value === 'boolean',
};
const ONE_SCHEMA = ['additionalProperties', 'propertyNames', 'contains', 'not', 'if', 'then', 'else'];
const SCHEMA_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const SCHEMA_MAPS = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];

/**
 * Where `schema` breaks the meta-schema of JSON Schema, as the path of the keyword with the wrong value (`properties.age.type`);
 * `undefined` if it nowhere does.
 */
export function schemaFault(schema: unknown, path: readonly string[] = []): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  if (!isMap(schema) || path.length > MAX_DEPTH) return path.join('.');
  for (const [keyword, value] of Object.entries(schema)) {
    const here = [...path, keyword];
    const fault = keywordFault(keyword, value, here);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function keywordFault(keyword: string, value: unknown, path: readonly string[]): string | undefined {
  if (Object.hasOwn(PLAIN, keyword)) return PLAIN[keyword]?.(value) ? undefined : path.join('.');
  // Before 2020-12 it could be a list as well.
  if (keyword === 'items') return Array.isArray(value) ? listFault(value, path) : schemaFault(value, path);
  if (ONE_SCHEMA.includes(keyword)) return schemaFault(value, path);
  if (SCHEMA_LISTS.includes(keyword)) {
    return Array.isArray(value) && value.length > 0 ? listFault(value, path) : path.join('.');
  }
  if (!SCHEMA_MAPS.includes(keyword)) return undefined;
  return isMap(value) ? mapFault(value, path) : path.join('.');
}

function listFault(schemas: readonly unknown[], path: readonly string[]): string | undefined {
  return mapFault({ ...schemas }, path);
}

function mapFault(schemas: object, path: readonly string[]): string | undefined {
  for (const [name, schema] of Object.entries(schemas)) {
    const fault = schemaFault(schema, [...path, name]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}
