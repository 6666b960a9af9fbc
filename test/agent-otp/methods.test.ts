// Every method and every error of the contract: what there is, and what reaches the server.
import { describe, expect, it, onTestFinished } from 'vitest';
import * as otp from '../../src/agent-otp/index.js';
import { AgentOtpClient, type Dialect } from '../../src/agent-otp/index.js';
import { failure } from '../http/clients.js';
import { httpServer, json } from '../http/servers.js';
import methods from '../vectors/agent-otp-methods.json' with { type: 'json' };
import { DIALECTS } from './helpers.js';

const ID = 'id / é?#';
const CALLER = { apiKey: 'ak_1', ownerId: 'owner-1' };

type Wire = Record<'verb' | 'path', string> & { readonly body?: object };

/** How each method that is one request is called, and what must reach a server of either dialect. */
const CALLS: Record<string, { call(client: AgentOtpClient): Promise<unknown> } & Record<Dialect, Wire>> = {
  requestPermission: {
    call: (client) =>
      client.requestPermission({ action: 'a', resource: 'r', scope: { max_a: 1 }, context: { myKey: 2 }, ttl: 60 }),
    ...both('POST', '/permissions/request', {
      action: 'a',
      resource: 'r',
      scope: { max_a: 1 },
      context: { myKey: 2 },
      ttl: 60,
    }),
  },
  useToken: {
    call: (client) => client.useToken(ID, 'otp_1', { actionDetails: { to: 'x' } }),
    implemented: wire('POST', '/api/v1/permissions/{id}/use', { token: 'otp_1', actionDetails: { to: 'x' } }),
    documented: wire('POST', '/v1/permissions/{id}/use', { token: 'otp_1', details: { to: 'x' } }),
  },
  getPermissionStatus: { call: (client) => client.getPermissionStatus(ID), ...both('GET', '/permissions/{id}') },
  verifyToken: {
    call: (client) => client.verifyToken(ID, 'otp_1'),
    ...both('POST', '/permissions/{id}/verify', { token: 'otp_1' }),
  },
  revokeToken: {
    call: (client) => client.revokeToken(ID, 'otp_1', { reason: 'x' }),
    ...both('POST', '/permissions/{id}/revoke', { token: 'otp_1', reason: 'x' }),
  },
  decidePermission: {
    call: (client) => client.decidePermission(ID, { approved: true, reason: 'x', scopeModifications: { max_a: 1 } }),
    implemented: wire('POST', '/api/v1/permissions/{id}/decide', {
      approved: true,
      reason: 'x',
      scopeModifications: { max_a: 1 },
    }),
    documented: wire('POST', '/v1/permissions/{id}/decide', {
      approved: true,
      reason: 'x',
      scope_modifications: { max_a: 1 },
    }),
  },
  requestOTP: {
    call: (client) =>
      client.requestOTP({
        reason: 'x',
        publicKey: 'k',
        expectedSender: 's',
        filter: { sources: ['sms'], senderPattern: '*', contentPattern: 'c', receivedAfter: new Date(0) },
        ttlSeconds: 60,
      }),
    implemented: wire('POST', '/api/v1/permissions/request', {
      reason: 'x',
      publicKey: 'k',
      expectedSender: 's',
      filter: { sources: ['sms'], senderPattern: '*', contentPattern: 'c', receivedAfter: '1970-01-01T00:00:00.000Z' },
      ttl: 60,
    }),
    documented: wire('POST', '/v1/otp/request', {
      reason: 'x',
      public_key: 'k',
      expected_sender: 's',
      filter: {
        sources: ['sms'],
        sender_pattern: '*',
        content_pattern: 'c',
        received_after: '1970-01-01T00:00:00.000Z',
      },
      ttl: 60,
    }),
  },
  getOTPStatus: { call: (client) => client.getOTPStatus(ID), ...relay('GET', '') },
  consumeOTP: {
    async call(client) {
      const { privateKey } = await otp.generateKeyPair();
      return client.consumeOTP(ID, privateKey);
    },
    ...relay('POST', '/consume'),
  },
  cancelOTPRequest: { call: (client) => client.cancelOTPRequest(ID), ...relay('DELETE', '') },
  approveOTPRequest: { call: (client) => client.approveOTPRequest(ID), ...relay('POST', '/approve', {}) },
  denyOTPRequest: { call: (client) => client.denyOTPRequest(ID), ...relay('POST', '/deny', {}) },
  deliverOTPWebhook: {
    call: (client) =>
      client.deliverOTPWebhook({ requestId: 'r', encryptedPayload: 'e', source: 'sms', receivedAt: new Date(0) }),
    implemented: wire('POST', '/api/v1/webhooks/otp', {
      requestId: 'r',
      encryptedPayload: 'e',
      source: 'sms',
      receivedAt: '1970-01-01T00:00:00.000Z',
    }),
    documented: wire('POST', '/v1/webhooks/otp', {
      request_id: 'r',
      encrypted_payload: 'e',
      source: 'sms',
      received_at: '1970-01-01T00:00:00.000Z',
    }),
  },
  listAgents: { call: (client) => client.listAgents({ page: 2, limit: 3 }), ...both('GET', '/agents?page=2&limit=3') },
  createAgent: {
    call: (client) => client.createAgent({ name: 'n', description: 'd', metadata: { a_b: 1 } }),
    ...both('POST', '/agents', { name: 'n', description: 'd', metadata: { a_b: 1 } }),
  },
  getAgent: { call: (client) => client.getAgent(ID), ...both('GET', '/agents/{id}') },
  updateAgent: {
    call: (client) => client.updateAgent(ID, { isActive: false }),
    implemented: wire('PATCH', '/api/v1/agents/{id}', { isActive: false }),
    documented: wire('PUT', '/v1/agents/{id}', { is_active: false }),
  },
  deleteAgent: { call: (client) => client.deleteAgent(ID), ...both('DELETE', '/agents/{id}') },
  rotateAgentKey: { call: (client) => client.rotateAgentKey(ID), ...both('POST', '/agents/{id}/rotate-key') },
  listPolicies: { call: (client) => client.listPolicies(), ...both('GET', '/policies') },
  createPolicy: {
    call: (client) =>
      client.createPolicy({
        name: 'n',
        action: 'deny',
        conditions: { 'scope.max_a': { lessThan: 1 } },
        agentId: 'g',
        scopeTemplate: { max_a: 1 },
      }),
    implemented: wire('POST', '/api/v1/policies', {
      name: 'n',
      action: 'deny',
      conditions: { 'scope.max_a': { lessThan: 1 } },
      agentId: 'g',
      scopeTemplate: { max_a: 1 },
    }),
    documented: wire('POST', '/v1/policies', {
      name: 'n',
      action: 'deny',
      conditions: { 'scope.max_a': { less_than: 1 } },
      agent_id: 'g',
      scope_template: { max_a: 1 },
    }),
  },
  getPolicy: { call: (client) => client.getPolicy(ID), ...both('GET', '/policies/{id}') },
  updatePolicy: {
    call: (client) => client.updatePolicy(ID, { priority: 1 }),
    implemented: wire('PATCH', '/api/v1/policies/{id}', { priority: 1 }),
    documented: wire('PUT', '/v1/policies/{id}', { priority: 1 }),
  },
  deletePolicy: { call: (client) => client.deletePolicy(ID), ...both('DELETE', '/policies/{id}') },
  getAuditLogs: {
    call: (client) => client.getAuditLogs({ eventType: 'use', startDate: new Date(0), agentId: 'g' }),
    implemented: wire('GET', '/api/v1/audit?eventType=use&startDate=1970-01-01T00%3A00%3A00.000Z&agentId=g'),
    documented: wire('GET', '/v1/audit?event_type=use&start_date=1970-01-01T00%3A00%3A00.000Z&agent_id=g'),
  },
  getPermissionAuditTrail: {
    call: (client) => client.getPermissionAuditTrail(ID),
    ...both('GET', '/audit/permissions/{id}'),
  },
  getAgentAuditLogs: {
    call: (client) => client.getAgentAuditLogs(ID, { page: 2 }),
    ...both('GET', '/audit/agents/{id}?page=2'),
  },
  getAuditStats: { call: (client) => client.getAuditStats(), ...both('GET', '/audit/stats') },
  health: {
    call: (client) => client.health(),
    implemented: wire('GET', '/health'),
    documented: wire('GET', '/health'),
  },
  apiInfo: { call: (client) => client.apiInfo(), implemented: wire('GET', '/api'), documented: wire('GET', '/api') },
};

function wire(verb: string, path: string, body?: object): Wire {
  return { verb, path: path.replace('{id}', encodeURIComponent(ID)), ...(body && { body }) };
}

/** What is the same in both dialects, but for the prefix. */
function both(verb: string, path: string, body?: object): Record<Dialect, Wire> {
  return { implemented: wire(verb, `/api/v1${path}`, body), documented: wire(verb, `/v1${path}`, body) };
}

function relay(verb: string, then: string, body?: object): Record<Dialect, Wire> {
  return {
    implemented: wire(verb, `/api/v1/permissions/{id}${then}`, body),
    documented: wire(verb, `/v1/otp/{id}${then}`, body),
  };
}

describe('the methods of the contract', () => {
  const served = methods.filter((method) => /^0\./.test(method.implemented_by_real_server ?? ''));

  it.each(served.map(({ camel }) => camel))('%s, which a server implements, is there and tested here', (camel) => {
    expect(AgentOtpClient.prototype).toHaveProperty(camel);
    expect(CALLS).toHaveProperty(camel);
  });

  it.each(methods.filter((method) => method.implemented_by_real_server === 'local').map(({ camel }) => camel))(
    '%s, which no server is asked for, is there',
    (camel) => {
      expect(camel in AgentOtpClient.prototype || camel in otp).toBe(true);
    },
  );

  it('protect and executeWithPermission are made of them', () => {
    expect(otp.protect).toBeTypeOf('function');
    expect(AgentOtpClient.prototype.executeWithPermission).toBeTypeOf('function');
  });

  describe.each(DIALECTS)('%s', (dialect) => {
    it.each(Object.entries(CALLS))('%s', async (_, { call, [dialect]: expected }) => {
      const sent: Wire[] = [];
      const server = await httpServer(async (request, response) => {
        let text = '';
        for await (const chunk of request) text += chunk;
        sent.push({
          verb: request.method!,
          path: request.url!,
          ...(text === '' ? {} : { body: JSON.parse(text) as object }),
        });
        json(418, { message: 'seen' })(request, response);
      });
      const client = new AgentOtpClient({ ...CALLER, baseUrl: server.url, dialect });
      onTestFinished(() => client.close());
      expect(await failure(call(client))).toMatchObject({ status: 418 });
      expect(sent).toEqual([expected]);
    });
  });

  it.each(served.map(({ camel, auth }) => [camel, auth] as const))('%s is asked as %s', async (camel, auth) => {
    const server = await httpServer(json(418, {}));
    const client = new AgentOtpClient({ ...CALLER, baseUrl: server.url });
    onTestFinished(() => client.close());
    await failure(CALLS[camel]!.call(client));
    const { authorization, 'x-user-id': owner } = server.requests[0]!.headers;
    if (auth === 'agent') expect(authorization).toBe('Bearer ak_1');
    if (auth === 'X-User-ID') expect([authorization, owner]).toEqual([undefined, 'owner-1']);
    if (camel === 'health' || camel === 'apiInfo') expect([authorization, owner]).toEqual([undefined, undefined]);
  });
});

// Agent OTP contract §4.2.
it.each([
  'AgentOTPError',
  'AuthenticationError',
  'ForbiddenError',
  'NotFoundError',
  'ValidationError',
  'RateLimitError',
  'TimeoutError',
  'NetworkError',
  'ServerError',
  'PermissionDeniedError',
  'PermissionExpiredError',
  'InvalidTokenError',
  'TokenUsedError',
  'TokenRevokedError',
  'TokenExpiredError',
  'OTPNotFoundError',
  'OTPExpiredError',
  'OTPAlreadyConsumedError',
  'OTPApprovalDeniedError',
  'OTPCancelledError',
  'DecryptionError',
])('%s is there, and one of Agent OTP’s errors', (name) => {
  const Class = (otp as unknown as Record<string, { prototype: unknown }>)[name]!;
  expect(Class === otp.AgentOtpError || Class.prototype instanceof otp.AgentOtpError).toBe(true);
});
