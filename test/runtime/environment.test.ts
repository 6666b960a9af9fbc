import { afterEach, describe, expect, it, vi } from 'vitest';
import { canGenerateCode } from '../../src/runtime/code-generation.js';
import { howToAllow, readEnvironment } from '../../src/runtime/environment.js';

afterEach(() => vi.unstubAllGlobals());

describe('readEnvironment', () => {
  const forbidden = {
    get env(): never {
      throw new Error('NotCapable: Requires env access');
    },
  };
  it.each<[string, unknown, string | undefined]>([
    ['a variable', { env: { NAME: ' x ' } }, ' x '],
    ['a blank one', { env: { NAME: '  ' } }, undefined],
    ['none of that name', { env: {} }, undefined],
    ['no environment', {}, undefined],
    ['no process', undefined, undefined],
    ['an environment that may not be read', forbidden, undefined],
  ])('%s', (_, process, value) => {
    vi.stubGlobal('process', process);
    expect(readEnvironment('NAME')).toBe(value);
  });

  it('what would help is said where something does', () => {
    vi.stubGlobal('process', { env: {} });
    expect(howToAllow('NAME')).toBe('');
    vi.stubGlobal('process', forbidden);
    expect(howToAllow('NAME')).toMatch(/^ This process may not .*--allow-env=NAME/);
  });
});

describe('canGenerateCode', () => {
  it('is so in Node, and not where strings are not compiled', () => {
    expect(canGenerateCode()).toBe(true);
    vi.stubGlobal('Function', () => {
      throw new EvalError('Code generation from strings disallowed for this context');
    });
    expect(canGenerateCode()).toBe(false);
  });
});
