import { expect, it } from 'vitest';
import { AgentOtpClient } from '../../src/agent-otp/index.js';
import { httpServer } from '../http/servers.js';

it('smoke', async () => {
  let polls = 0;
  const server = await httpServer((request, response) => {
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/api/v1/permissions/request') {
      return send(202, {
        success: true,
        data: {
          id: 'p1',
          status: 'pending',
          expiresAt: '2030-01-01T00:00:00Z',
          webhookUrl: 'wss://x/ws/p1',
          approvalUrl: 'u',
        },
      });
    }
    if (request.method === 'GET') {
      polls++;
      return send(200, {
        success: true,
        data: { id: 'p1', status: polls < 2 ? 'pending' : 'approved', token: 'otp_x', decisionReason: 'ok' },
      });
    }
    send(200, { success: true, data: { success: true, usesRemaining: 0 } });
  });
  const client = new AgentOtpClient({ apiKey: 'ak_1', baseUrl: server.url, WebSocket: false, debug: true });
  const result = await client.executeWithPermission({ action: 'a' }, (token, _, p) => [token, p.reason]);
  expect(result).toEqual(['otp_x', 'ok']);
  await client.close();
});
