import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthenticationError, LimeInputError, LimeLogin, type LimeLoginOptions } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { emulatorFor } from './helpers.js';

beforeEach(() => {
  vi.stubEnv('LIME_AGENT_TOKEN', undefined);
  vi.stubEnv('LIME_API_BASE', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const thrownBy = (options?: LimeLoginOptions) => {
  try {
    return new LimeLogin(options);
  } catch (error) {
    return error;
  }
};

/** The URLs and tokens that a client with these options uses, up to the approval. */
async function usedBy(options: LimeLoginOptions) {
  const used: { url: string; token: string | null }[] = [];
  const data = { pow_challenge: 'c', pow_difficulty: 0 };
  const lime = new LimeLogin({
    ...options,
    fetch: async (url, init) => {
      used.push({ url: String(url), token: new Headers(init?.headers).get('x-agent-token') });
      return Response.json(init?.method === 'POST' ? { ok: false, error: {} } : { ok: true, data });
    },
  });
  await failure(lime.login('one'));
  return { base: used[0]?.url.replace('/auth/requests/one', ''), token: used[1]?.token };
}

describe('the agent token', () => {
  it('is the option, else the environment variable, trimmed', async () => {
    vi.stubEnv('LIME_AGENT_TOKEN', ' at_environment\n');
    expect((await usedBy({ agentToken: ' at_option ' })).token).toBe('at_option');
    for (const agentToken of [undefined, '']) expect((await usedBy({ agentToken })).token).toBe('at_environment');
  });

  it('may look like anything that a header can hold', async () => {
    expect((await usedBy({ agentToken: 'no prefix, {any} ~form~' })).token).toBe('no prefix, {any} ~form~');
  });

  it.each([
    ['no options', undefined, undefined],
    ['an empty option', { agentToken: '' }, undefined],
    ['a blank variable', {}, ' \n'],
    ['a blank option, whatever the variable', { agentToken: ' \t ' }, 'at_environment'],
  ])('is missing with %s', (_, options, variable) => {
    vi.stubEnv('LIME_AGENT_TOKEN', variable);
    const error = thrownBy(options);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'MISSING_AGENT_TOKEN', httpStatus: undefined });
    expect(error).toHaveProperty('message', expect.stringMatching(/agentToken.*LIME_AGENT_TOKEN/));
  });

  it.each(['at_1\r\nX-Evil: 1', 'at_\u0000', 'at_é', 'at_😀'])(
    'is refused if no header can hold it: %j',
    (agentToken) => {
      const error = thrownBy({ agentToken });
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ code: 'INVALID_AGENT_TOKEN', httpStatus: undefined });
    },
  );
});

describe('the base URL', () => {
  it('is the option, else the environment variable, else the public one', async () => {
    const agentToken = 'at_1';
    expect((await usedBy({ agentToken })).base).toBe('https://lime.pics/api/v1');
    vi.stubEnv('LIME_API_BASE', 'http://environment.test/v1/');
    for (const baseUrl of [undefined, '']) {
      expect((await usedBy({ agentToken, baseUrl })).base).toBe('http://environment.test/v1');
    }
    expect((await usedBy({ agentToken, baseUrl: 'http://option.test//' })).base).toBe('http://option.test');
  });
});

it('everything comes from the environment where it can', async () => {
  const { emulator, lime } = await emulatorFor();
  vi.stubEnv('LIME_AGENT_TOKEN', lime.agentToken);
  vi.stubEnv('LIME_API_BASE', lime.apiBase);
  expect((await new LimeLogin().login(emulator.lime.createLoginRequest().requestId)).status).toBe('APPROVED');
});

it.each<[string, Record<string, unknown>]>([
  ['baseUrl', { baseUrl: 'lime.pics' }],
  ['baseUrl', { baseUrl: 'https://user:hunter2@lime.pics' }],
  ['timeoutMs', { timeoutMs: 0 }],
  ['timeoutMs', { timeoutMs: '30' }],
  ['maxRetries', { maxRetries: -1 }],
  ['maxRetries', { maxRetries: 1.5 }],
  ['powTimeoutMs', { powTimeoutMs: Number.NaN }],
  ['powTimeoutMs', { powTimeoutMs: '10' }],
  ['powAlgorithm', { powAlgorithm: 'R14' }],
  ['solver', { solver: null }],
  ['solver', { solver: { solve: () => undefined } }],
])('a wrong %s is named: %j', (name, options) => {
  const error = thrownBy({ agentToken: 'at_1', ...options });
  expect(error).toBeInstanceOf(LimeInputError);
  expect(error).toMatchObject({ name: 'LimeInputError', code: 'INVALID_INPUT' });
  expect(error).toHaveProperty('message', expect.stringContaining(name));
  expect((error as Error).message).not.toContain('hunter2');
});

it('undefined options are as good as none', () => {
  const names = ['timeoutMs', 'maxRetries', 'powTimeoutMs', 'powAlgorithm', 'solver'];
  const options = Object.fromEntries(names.map((name) => [name, undefined]));
  expect(thrownBy({ agentToken: 'at_1', ...options })).toBeInstanceOf(LimeLogin);
});
