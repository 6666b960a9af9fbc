import { UsageError } from './exit.js';

/** The JSON object that an option holds. @throws {UsageError} it is none; the message says where it stops being JSON. */
export function jsonObject(option: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${option} is not JSON: ${whatIsWrong(text)}.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const kind = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  throw new UsageError(`${option} must be a JSON object, such as '{"text":"hello"}', not ${kind}.`);
}

// What each engine says of it differs, and some do not say where.
function whatIsWrong(text: string): string {
  const at = firstWrong(text);
  if (at >= text.length) return 'it ends too early';
  const before = text.slice(0, at).split('\n');
  const character = String.fromCodePoint(text.codePointAt(at)!);
  return `line ${before.length}, column ${before.at(-1)!.length + 1}: ${JSON.stringify(character)} cannot stand here`;
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
const OTHER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** The offset of the first token that cannot stand where it does; the text's length if it ends too early. */
function firstWrong(text: string): number {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let wanted: 'value' | 'key' | 'after' = 'value';
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const skipText = (token: string): boolean => {
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  for (;;) {
    skip(SPACE);
    if (wanted === 'after') {
      const inside = open.at(-1);
      if (inside === undefined) return at;
      if (skipText(inside === '{' ? '}' : ']')) open.pop();
      else if (skipText(',')) wanted = inside === '{' ? 'key' : 'value';
      else return at;
    } else if (wanted === 'key') {
      if (!skip(STRING)) return at;
      skip(SPACE);
      if (!skipText(':')) return at;
      wanted = 'value';
    } else if (skipText('{') || skipText('[')) {
      const bracket = text[at - 1] as '{' | '[';
      skip(SPACE);
      if (skipText(bracket === '{' ? '}' : ']')) wanted = 'after';
      else {
        open.push(bracket);
        wanted = bracket === '{' ? 'key' : 'value';
      }
    } else if (skip(STRING) || skip(OTHER)) wanted = 'after';
    else return at;
  }
}
