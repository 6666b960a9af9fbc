import { expect, it } from 'vitest';
import { createEmulator } from '../../src/emulator/index.js';
import { API, ORIGIN, requestsPath } from './helpers.js';

const emulator = createEmulator();

it('lets pages of any origin send any header', async () => {
  for (const url of [API + requestsPath, `${API}/nothing`, `${ORIGIN}/__emulator/faults`]) {
    const wanted = 'authorization,content-type,x-agent-token,x-site-token';
    const preflight = await emulator.fetch(url, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://page.test',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': wanted,
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(preflight.headers.get('Access-Control-Allow-Methods')?.split(',')).toEqual(
      expect.arrayContaining(['GET', 'POST', 'DELETE', 'PATCH']),
    );
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toBe(wanted);
  }
});

it('lets them read every answer, errors and forced ones too, and its headers', async () => {
  emulator.faults.add({ path: '*/forced', respond: { status: 429, retryAfter: 1 } });
  const requests: [string, RequestInit, number][] = [
    [API + requestsPath, { method: 'POST', headers: { 'X-Site-Token': emulator.lime.siteToken } }, 201],
    [API + requestsPath, { method: 'POST' }, 401],
    [API + requestsPath, {}, 405],
    [`${API}/nothing`, {}, 404],
    [`${API}/forced`, {}, 429],
    [`${ORIGIN}/nothing`, {}, 404],
    [`${ORIGIN}/__emulator/clock`, { method: 'POST' }, 400],
    [`${ORIGIN}/`, {}, 200],
  ];
  for (const [url, init, status] of requests) {
    const answer = await emulator.fetch(url, init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(answer.headers.get('Access-Control-Expose-Headers')).toBe('*');
  }
});
