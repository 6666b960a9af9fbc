import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/exit.js';
import { jsonObject } from '../../src/cli/json-argument.js';

const wrong = (text: string) => {
  try {
    jsonObject('--args', text);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('It was taken.');
};

describe('an option that holds a JSON object', () => {
  it.each(['{}', ' {"a": [1, -2.5e3, {"b": null}], "c": "\\u00e9\\n", "d": true} ', '{"":{}, "x":[]}'])(
    'takes %s',
    (text) => expect(jsonObject('--args', text)).toEqual(JSON.parse(text)),
  );

  it.each([
    ['{"a":True}', 'line 1, column 6: "T" cannot stand here'],
    ['{"a":TRUE}', 'line 1, column 6: "T" cannot stand here'],
    ["{'a':1}", `line 1, column 2: "'" cannot stand here`],
    ['{a:1}', 'line 1, column 2: "a" cannot stand here'],
    ['{"a":1,}', 'line 1, column 8: "}" cannot stand here'],
    ['{"a":[1,]}', 'line 1, column 9: "]" cannot stand here'],
    ['{"a":[1}', 'line 1, column 8: "}" cannot stand here'],
    ['{"a" 1}', 'line 1, column 6: "1" cannot stand here'],
    ['{"a":01}', 'line 1, column 7: "1" cannot stand here'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: "\\"" cannot stand here'],
    ['{"a":"x\ny"}', 'line 1, column 6: "\\"" cannot stand here'],
    ['{}😀', 'line 1, column 3: "😀" cannot stand here'],
    ['text=hello', 'line 1, column 1: "t" cannot stand here'],
    ['{} {}', 'line 1, column 4: "{" cannot stand here'],
    ['', 'it ends too early'],
    ['{"a":', 'it ends too early'],
    ['{"a":[1,2', 'it ends too early'],
    ['{"a"', 'it ends too early'],
  ])('says where %j stops being JSON', (text, where) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(wrong(text)).toBe(`--args is not JSON: ${where}.`);
  });

  it.each([
    ['[1]', 'an array'],
    ['null', 'null'],
    ['"{}"', 'a string'],
    ['7', 'a number'],
    ['true', 'a boolean'],
  ])('refuses %s, which is JSON', (text, kind) => {
    expect(wrong(text)).toBe(`--args must be a JSON object, such as '{"text":"hello"}', not ${kind}.`);
  });

  it('finds the place in what is nested deeply', () => {
    expect(wrong(`{"a":${'['.repeat(50_000)}`)).toMatch(/too early/);
  });
});
