// What a browser does at an example site, with a jar of cookies.
import { LimeAgent } from 'countersign/lime';
import { expect } from 'vitest';
import type { StartedEmulator } from '../../src/emulator/node/index.js';

type Fetch = (path: string, init: { method?: string; headers: Record<string, string> }) => Promise<Response>;

/** Logs in with an agent, by the pages' own steps, and says who the site says has come. */
export async function visit(emulator: StartedEmulator, fetch: Fetch): Promise<unknown> {
  const cookies = new Map<string, string>();
  const go = async (path: string, init: { method?: string; headers?: Record<string, string> } = {}) => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const headers = { 'sec-fetch-site': 'same-origin', ...init.headers, ...(cookie && { cookie }) };
    const response = await fetch(path, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      cookies.set(name, value);
    }
    return response;
  };
  expect(await (await go('/')).text()).toContain('Log in with an agent');
  expect((await go('/me')).status).toBe(401);

  const begun = await go('/lime/login', { method: 'POST' });
  expect(begun.status).toBe(201);
  const { requestId } = (await begun.json()) as { requestId: string };
  expect((await go(`/lime/login/${requestId}/session`, { method: 'POST' })).status).toBe(409);
  const states = await go(`/lime/login/${requestId}`, { headers: { accept: 'text/event-stream' } });

  const agent = new LimeAgent({ agentToken: emulator.lime.agentToken, baseUrl: emulator.lime.apiBase });
  await agent.login(requestId);
  await agent.close();
  expect(await states.text()).toMatch(/"PENDING"[\s\S]*"APPROVED"/);

  const elsewhere = { 'sec-fetch-site': 'cross-site' };
  expect((await go(`/lime/login/${requestId}/session`, { method: 'POST', headers: elsewhere })).status).toBe(403);
  expect((await go(`/lime/login/${requestId}/session`, { method: 'POST' })).status).toBe(200);
  expect((await go(`/lime/login/${requestId}/session`, { method: 'POST' })).status).toBe(404);
  return (await go('/me')).json();
}
