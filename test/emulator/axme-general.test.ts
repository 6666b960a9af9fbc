import { describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/emulator/index.js';
import { answerOf } from './helpers.js';

const BASE = 'http://emulator.test/axme';

describe('credentials', () => {
  test('health needs none', async () => {
    const emulator = createEmulator();
    expect(await answerOf(emulator.fetch(`${BASE}/health`))).toEqual({ status: 200, body: { ok: true } });
  });

  test('the key goes in x-api-key, or as a Bearer token', async () => {
    const emulator = createEmulator();
    const { apiKey } = emulator.axme;
    for (const headers of [
      { 'x-api-key': apiKey },
      { Authorization: `Bearer ${apiKey}` },
      { 'x-api-key': apiKey, Authorization: 'Bearer whatever' },
    ]) {
      const answer = await emulator.fetch(`${BASE}/v1/capabilities`, { headers });
      expect(answer.status).toBe(200);
    }
  });

  test.each([
    ['none', {}, 'missing_platform_api_key'],
    ['an unknown key', { 'x-api-key': 'axme_sa_no_no' }, 'invalid_platform_api_key'],
    ['an unknown Bearer token', { Authorization: 'Bearer axme_sa_no_no' }, 'invalid_platform_api_key'],
  ])('%s is refused', async (_name, headers, code) => {
    const emulator = createEmulator();
    expect(await answerOf(emulator.fetch(`${BASE}/v1/capabilities`, { headers: headers as HeadersInit }))).toEqual({
      status: 401,
      body: {
        error: { code, message: expect.stringMatching(/./), details: {} },
        detail: expect.stringMatching(/./),
      },
    });
  });
});

test('what is nowhere, and what is not allowed', async () => {
  const emulator = createEmulator();
  const nowhere = await emulator.fetch(`${BASE}/v1/nowhere`);
  expect(await answerOf(nowhere)).toEqual({ status: 404, body: { detail: 'Not Found' } });
  const method = await emulator.fetch(`${BASE}/v1/capabilities`, { method: 'DELETE' });
  expect(await answerOf(method)).toEqual({ status: 405, body: { detail: 'Method Not Allowed' } });
  expect(method.headers.get('allow')).toBe('GET');
});

test('request and trace ids are echoed, and a request id is made', async () => {
  const emulator = createEmulator();
  const echoed = await emulator.fetch(`${BASE}/v1/nowhere`, {
    headers: { 'x-request-id': 'r-1', 'x-trace-id': 't-1' },
  });
  expect([echoed.headers.get('x-request-id'), echoed.headers.get('x-trace-id')]).toEqual(['r-1', 't-1']);
  const made = await emulator.fetch(`${BASE}/health`);
  expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(made.headers.get('x-trace-id')).toBeNull();
});

test('the emulator says where it is, and a seed gives the same credentials', async () => {
  const [one, two] = [createEmulator({ seed: 1 }), createEmulator({ seed: 1 })];
  expect(one.axme.apiKey).toBe(two.axme.apiKey);
  expect(one.axme.actorToken.split('.')).toHaveLength(3);
  const described = await (await one.fetch('http://emulator.test/__emulator')).json();
  expect(described.data.axme).toEqual({
    baseUrl: BASE,
    apiKey: one.axme.apiKey,
    actorToken: one.axme.actorToken,
    agentAddress: 'agent://emulator/default/caller',
    orgId: one.axme.orgId,
    workspaceId: one.axme.workspaceId,
  });
});
