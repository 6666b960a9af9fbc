import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { openEdge } from '../runtimes/in-edge.mjs';
import { hasPackage } from './installed.js';

describe.skipIf(!hasPackage('runtimes', 'edge-runtime'))('vercel-edge', () => {
  let emulator: StartedEmulator;
  beforeAll(async () => {
    emulator = await startEmulator({ lime: { difficulty: 12 } });
  });
  afterAll(() => emulator.close());

  /** POSTs an id to the function in an environment with this secret. */
  async function post(requestId: string, authorization: string, secret?: string) {
    const { agentToken, apiBase } = emulator.lime;
    const env = { LIME_AGENT_TOKEN: agentToken, LIME_API_BASE: apiBase, CALLER_SECRET: secret };
    const runtime = await openEdge(new URL('hosts/vercel-edge.mjs', import.meta.url).pathname, { process: { env } });
    const headers = { authorization };
    const response = await runtime.dispatchFetch('http://edge/api/log-in', {
      method: 'POST',
      headers,
      body: requestId,
    });
    return { status: response.status, body: (await response.json()) as unknown };
  }

  it('logs in for who has the secret', async () => {
    const { requestId } = emulator.emulator.lime.createLoginRequest();
    expect(await post(requestId, 'Bearer s3cret', 's3cret')).toMatchObject({
      status: 200,
      body: { status: 'APPROVED' },
    });
    expect(await post('nobody', 'Bearer s3cret', 's3cret')).toMatchObject({
      status: 502,
      body: { code: 'SITE_LOGIN_REQUEST_NOT_FOUND' },
    });
  });

  it.each([
    ['another secret', 'Bearer other', 's3cret'],
    ['none, where none is set', 'Bearer undefined', undefined],
    ['an empty one, where it is empty', 'Bearer ', ''],
  ])('refuses %s', async (_, authorization, secret) => {
    const { requestId } = emulator.emulator.lime.createLoginRequest();
    expect(await post(requestId, authorization, secret)).toMatchObject({ status: 401 });
    expect(emulator.emulator.lime.listLoginRequests().find((one) => one.requestId === requestId)?.status).toBe(
      'PENDING',
    );
  });
});
