// What must hold of LIME and of an MCP server that takes its tokens, in the real world and in the emulator alike.
import assert from 'node:assert/strict';
import {
  ApiError,
  AuthenticationError,
  InvalidPassportError,
  LoginOutcomeUnknownError,
  TokenVerifier,
} from 'countersign/lime';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {'lime' | 'mcp'} needs
 * @property {(world: ReturnType<import('./world.mjs').openWorld>) => Promise<void>} run
 */

const DONE = ['APPROVED', 'DELIVERED'];

/** @type {readonly Scenario[]} */
export const scenarios = [
  lime('the profile says who the agent and its owner are', async ({ agent }) => {
    const { agentId, ownerId, userId } = await agent.getProfile();
    assert.ok(agentId && ownerId);
    assert.equal(userId, ownerId);
  }),
  lime('a wrong token is refused', async ({ newAgent }) => {
    const stranger = newAgent('at_nobody_has_this_token');
    await assert.rejects(
      stranger.getProfile(),
      (error) => error instanceof AuthenticationError && error.status === 401,
    );
    await stranger.close();
  }),
  lime('an access token’s lane is not the platform’s', async ({ apiBase }) => {
    const headers = { Authorization: 'Bearer e30.e30.e30' };
    const response = await fetch(`${apiBase}/core/agents/me/profile`, { headers });
    assert.equal(response.status, 401);
  }),
  lime('a login is approved, and the site sees it', async (world) => {
    const id = await world.newRequest();
    const { requestId, status, proofOfWork } = await world.agent.login(id);
    assert.equal(requestId, id);
    assert.ok(DONE.includes(status), status);
    assert.ok(proofOfWork.hashes >= 0);
    const seen = await world.site('GET', `/modules/agent-login/requests/${encodeURIComponent(id)}`);
    assert.ok(DONE.includes(seen.status), seen.status);
  }),
  lime('three logins at once are approved', async (world) => {
    const ids = await Promise.all([world.newRequest(), world.newRequest(), world.newRequest()]);
    const results = await Promise.all(ids.map((id) => world.agent.login(id)));
    assert.deepEqual(
      results.map(({ requestId }) => requestId),
      ids,
    );
  }),
  lime('a request is approved once', async (world) => {
    const id = await world.newRequest();
    await world.agent.login(id);
    await assert.rejects(
      world.agent.login(id),
      (error) => error instanceof ApiError && [404, 409].includes(error.status),
    );
  }),
  lime('of two logins with one request, one is approved', async (world) => {
    const id = await world.newRequest();
    const results = await Promise.allSettled([world.agent.login(id), world.agent.login(id)]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    const { reason } = results.find(({ status }) => status === 'rejected');
    assert.ok(reason instanceof ApiError || reason instanceof LoginOutcomeUnknownError, String(reason));
  }),
  lime('an unknown request is refused', async ({ agent }) => {
    const id = '00000000-0000-4000-8000-000000000000';
    await assert.rejects(agent.login(id), { name: 'ApiError', code: 'SITE_LOGIN_REQUEST_NOT_FOUND', status: 404 });
  }),
  lime('a wrong nonce is refused, and the request can still be approved', async (world) => {
    const id = await world.newRequest();
    const response = await fetch(`${world.apiBase}/modules/agent-login/requests/${encodeURIComponent(id)}/approve`, {
      method: 'POST',
      headers: { 'X-Agent-Token': world.agentToken, 'Content-Type': 'application/json' },
      body: JSON.stringify({ pow_nonce: 'definitely-invalid-nonce' }),
    });
    assert.equal((await response.json()).error.code, 'INVALID_POW');
    assert.ok(DONE.includes((await world.agent.login(id)).status));
  }),
  lime('the full cycle: request, login, event, passport, session', async (world) => {
    const { agentId, ownerId } = await world.agent.getProfile();
    const session = await cycle(world);
    assert.equal(session.agentId, agentId);
    if (session.userId !== null) assert.equal(session.userId, ownerId);
  }),
  lime('three cycles at once, on one stream', async (world) => {
    const sessions = await Promise.all([cycle(world), cycle(world), cycle(world)]);
    assert.equal(new Set(sessions.map(({ requestId }) => requestId)).size, 3);
  }),
  lime('a passport is for one login, and good once', async (world) => {
    const { limeSite: site } = world;
    const refused = (code) => (error) => error instanceof InvalidPassportError && error.code === code;
    const { requestId, passport } = await login(world);
    await assert.rejects(site.verifyPassport(passport, { expectedRequestId: 'another' }), refused('PASSPORT_REQUEST'));
    await site.verifyPassport(passport, { expectedRequestId: requestId });
    await assert.rejects(site.verifyPassport(passport, { expectedRequestId: requestId }), refused('PASSPORT_REPLAYED'));
  }),
  lime('a wrong site token ends the stream', async ({ newSite }) => {
    const stranger = newSite('st_nobody_has_this_token');
    await assert.rejects(stranger.ready(), (error) => error instanceof AuthenticationError);
    await stranger.close();
  }),
  mcp('the full cycle, and a tool call by the same agent', async (world) => {
    const { agentId } = await cycle(world);
    const { accessToken } = await world.agent.getMcpAccessToken(world.mcpUrl);
    const verifier = new TokenVerifier({ baseUrl: new URL(world.apiBase).origin });
    const verified = await verifier.verify(accessToken);
    assert.equal(verified.error, undefined);
    assert.equal(verified.agentId, agentId);
    const { content } = await world.agent.callTool(world.mcpUrl, 'echo', { text: 'after a login' });
    assert.match(content[0].text, /after a login/);
  }),
  mcp('an access token says what it must, and LIME’s keys verify it', async ({ agent, apiBase, mcpUrl }) => {
    const { accessToken, expiresInSeconds } = await agent.getMcpAccessToken(mcpUrl);
    assert.ok(expiresInSeconds > 0);
    const keys = createRemoteJWKSet(new URL(`${apiBase}/core/.well-known/jwks.json`));
    const { payload } = await jwtVerify(accessToken, keys, { algorithms: ['RS256'], audience: 'mcp' });
    assert.equal(payload.sub, (await agent.getProfile()).agentId);
    if (payload.domain !== undefined) assert.equal(payload.domain, new URL(mcpUrl).hostname);
    for (const claim of ['user_id', 'passport_version', 'request_id']) assert.ok(!(claim in payload), claim);
  }),
  mcp('an access token is kept, and replaced when that is forced', async ({ agent, mcpUrl }) => {
    const first = await agent.getMcpAccessToken(mcpUrl);
    const second = await agent.getMcpAccessToken(mcpUrl);
    const third = await agent.getMcpAccessToken(mcpUrl, { forceRefresh: true });
    assert.ok(first.accessToken === second.accessToken);
    assert.ok(decodeJwt(third.accessToken).jti !== decodeJwt(first.accessToken).jti);
  }),
  mcp('a server that takes LIME’s tokens refuses another', async ({ mcpUrl }) => {
    const response = await fetch(mcpUrl, {
      method: 'POST',
      headers: {
        Authorization: 'Bearer e30.e30.e30',
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
    });
    assert.equal(response.status, 401);
  }),
  mcp('tools are listed, and echo is called', async ({ agent, mcpUrl }) => {
    const tools = await agent.listTools(mcpUrl);
    assert.ok(
      tools.some(({ name }) => name === 'echo'),
      'it has no tool named echo',
    );
    const { content, isError } = await agent.callTool(mcpUrl, 'echo', { text: 'hello' });
    assert.notEqual(isError, true);
    assert.match(content[0].text, /hello/);
  }),
  mcp('the server answers a ping and says what it can do', async ({ agent, mcpUrl }) => {
    await agent.sendPing(mcpUrl);
    assert.ok('tools' in (await agent.getServerCapabilities(mcpUrl)));
  }),
  mcp('a session is held over several calls', async ({ agent, mcpUrl }) => {
    const texts = await agent.mcpSession(mcpUrl, async (session) => {
      const results = [
        await session.callTool('echo', { text: 'one' }),
        await session.callTool('echo', { text: 'two' }),
      ];
      return results.map(({ content }) => content[0].text);
    });
    assert.match(texts.join(), /one.*two/);
  }),
];

/** A login, as site and agent see it. */
async function login({ agent, limeSite: site }) {
  await site.ready();
  const { requestId } = await site.createLoginRequest();
  const [result] = await Promise.all([site.waitForLogin(requestId, { timeoutMs: 60_000 }), agent.login(requestId)]);
  return result;
}

/** A login whose passport holds: what a session would be opened for. */
async function cycle(world) {
  const { requestId, passport } = await login(world);
  const verified = await world.limeSite.verifyPassport(passport, { expectedRequestId: requestId });
  assert.equal(verified.requestId, requestId);
  return verified;
}

function lime(name, run) {
  return { name, needs: 'lime', run };
}

function mcp(name, run) {
  return { name, needs: 'mcp', run };
}
