import { describe, expect, it } from 'vitest';
import { LimeAgent, type LimeAgentOptions, LimeInputError, LimeLogin } from '../../src/lime/index.js';

const thrownBy = (options: object): unknown => {
  try {
    return new LimeAgent({ agentToken: 'at_1', ...options } as LimeAgentOptions);
  } catch (error) {
    return error;
  }
};

it.each<[string, object]>([
  ['tokenRequest', { tokenRequest: 'both' }],
  ['mcpTokenRefreshSkewMs', { mcpTokenRefreshSkewMs: -1 }],
  ['mcpTokenRefreshSkewMs', { mcpTokenRefreshSkewMs: '30' }],
  ['mcpReadTimeoutMs', { mcpReadTimeoutMs: 0 }],
  ['mcpReadTimeoutMs', { mcpReadTimeoutMs: Number.NaN }],
  ['mcpIdleMs', { mcpIdleMs: Number.POSITIVE_INFINITY }],
  ['mcpMaxIdleSessions', { mcpMaxIdleSessions: -1 }],
  ['timeoutMs', { timeoutMs: 0 }],
])('a wrong %s is named: %o', (name, options) => {
  const error = thrownBy(options);
  expect(error).toBeInstanceOf(LimeInputError);
  expect(error).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(name) });
});

describe('an agent', () => {
  it('takes every option undefined', () => {
    const options: Required<{ [Name in keyof LimeAgentOptions]: undefined }> = {
      agentToken: undefined,
      baseUrl: undefined,
      timeoutMs: undefined,
      maxRetries: undefined,
      powTimeoutMs: undefined,
      powAlgorithm: undefined,
      solver: undefined,
      fetch: undefined,
      logger: undefined,
      hooks: undefined,
      clock: undefined,
      random: undefined,
      allowInsecureTargets: undefined,
      tokenRequest: undefined,
      mcpTokenRefreshSkewMs: undefined,
      mcpReadTimeoutMs: undefined,
      serializeMcpPerUrl: undefined,
      mcpIdleMs: undefined,
      mcpMaxIdleSessions: undefined,
      mcpFetch: undefined,
    };
    expect(thrownBy({ ...options, agentToken: 'at_1' })).toBeInstanceOf(LimeAgent);
  });

  it('is a login client too, and can be disposed of', async () => {
    await using agent = new LimeAgent({ agentToken: 'at_1' });
    expect(agent).toBeInstanceOf(LimeLogin);
    await agent.aclose();
    await agent.close();
  });
});
