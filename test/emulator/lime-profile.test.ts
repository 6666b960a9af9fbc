import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmulatorInputError, EmulatorNotFoundError } from '../../src/emulator/index.js';
import { type StartedEmulator, startEmulator } from '../../src/emulator/node/index.js';
import { answerOf, expectRefusal } from './helpers.js';

let started: StartedEmulator;
beforeAll(async () => {
  started = await startEmulator();
});
afterAll(() => started.close());

const profile = (headers: Record<string, string>) =>
  fetch(`${started.lime.apiBase}/core/agents/me/profile`, { headers });

it('answers both spellings, and every field that may be null', async () => {
  const { agentToken, lime } = { agentToken: started.lime.agentToken, lime: started.emulator.lime };
  const [agent] = lime.listAgents();
  expect(await answerOf(profile({ 'X-Agent-Token': agentToken }))).toEqual({
    status: 200,
    body: {
      ok: true,
      data: {
        agent_id: agent?.agentId,
        owner_id: agent?.ownerId,
        user_id: agent?.ownerId,
        display_name: 'Emulated agent',
        avatar_url: null,
        description: null,
        owner_kyc_level: null,
        user_kyc_level: null,
        agent_reputation: null,
      },
    },
  });
});

it('is set for each agent', async () => {
  const { lime } = started.emulator;
  const added = lime.addAgent({ displayName: null, ownerKycLevel: 0, agentReputation: -3, ownerId: 'owner' });
  const changed = lime.updateAgent(added.agentId, { avatarUrl: 'https://a.test/a.png', description: 'd' });
  expect(changed).toEqual({ ...added, avatarUrl: 'https://a.test/a.png', description: 'd' });
  expect((await answerOf(profile({ 'X-Agent-Token': added.token }))).body).toEqual({
    ok: true,
    data: {
      agent_id: added.agentId,
      owner_id: 'owner',
      user_id: 'owner',
      display_name: null,
      avatar_url: 'https://a.test/a.png',
      description: 'd',
      owner_kyc_level: 0,
      user_kyc_level: 0,
      agent_reputation: -3,
    },
  });
  expect(() => lime.updateAgent('unknown', {})).toThrow(EmulatorNotFoundError);
  expect(() => lime.updateAgent(added.agentId, { agentReputation: 0.5 })).toThrow(EmulatorInputError);
});

it('is set over HTTP, for the agents of the start until a reset', async () => {
  const headers = { 'X-Agent-Token': started.lime.agentToken };
  const { body } = await answerOf(fetch(`${started.url}/__emulator/lime/agents`));
  const { agents } = (body as { data: { agents: { agentId: string; token: string }[] } }).data;
  expect(agents.slice(0, 2).map(({ token }) => token)).toEqual([
    started.lime.agentToken,
    started.lime.agentTokenWithoutMcp,
  ]);
  const path = `${started.url}/__emulator/lime/agents/${agents[0]?.agentId}`;
  const set = fetch(path, { method: 'PATCH', body: JSON.stringify({ displayName: 'Ada', active: false }) });
  expect((await answerOf(set)).body).toMatchObject({ data: { displayName: 'Ada', active: false } });
  await expectRefusal(profile(headers), 403, 'AGENT_INACTIVE');
  started.emulator.reset();
  expect((await answerOf(profile(headers))).body).toMatchObject({ data: { display_name: 'Emulated agent' } });
});

it('refuses by lane', async () => {
  const { agentToken, siteToken } = started.lime;
  await expectRefusal(profile({}), 401, 'MISSING_AGENT_TOKEN');
  await expectRefusal(profile({ 'X-Agent-Token': siteToken }), 401, 'INVALID_AGENT_TOKEN');
  const bearer = { 'X-Agent-Token': agentToken, Authorization: 'Bearer a.b.c' };
  await expectRefusal(profile(bearer), 401, 'INVALID_AGENT_TOKEN');
});
