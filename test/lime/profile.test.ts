import { describe, expect, it } from 'vitest';
import { AuthenticationError, LimeAgent, LimeProtocolError } from '../../src/lime/index.js';
import { failure } from '../http/clients.js';
import { emulatorFor } from './helpers.js';

const MINE = { agent_id: 'a1', owner_id: 'o1' };
const agentOf = (data: unknown) =>
  new LimeAgent({ agentToken: 'at_1', fetch: async () => Response.json({ ok: true, data }) });

describe('the profile (LIME contract §6.3)', () => {
  it('comes from the emulator', async () => {
    const { emulator, lime } = await emulatorFor();
    const [mine] = emulator.lime.listAgents();
    emulator.lime.updateAgent(mine!.agentId, { ownerKycLevel: 0, agentReputation: 7, description: 'd' });
    const profile = await new LimeAgent({ agentToken: lime.agentToken, baseUrl: lime.apiBase }).getProfile();
    expect(profile).toMatchObject({
      agentId: mine!.agentId,
      ownerId: mine!.ownerId,
      userId: mine!.ownerId,
      description: 'd',
      ownerKycLevel: 0,
      userKycLevel: 0,
      agentReputation: 7,
    });
    expect(Object.isFrozen(profile)).toBe(true);
    expect(emulator.requests.at(-1)).toMatchObject({ method: 'GET', path: '/api/v1/core/agents/me/profile' });
  });

  it('may leave out all but who and whose', async () => {
    const nothing = { displayName: null, avatarUrl: null, description: null };
    const levels = { ownerKycLevel: null, userKycLevel: null, agentReputation: null };
    const expected = { agentId: 'a1', ownerId: 'o1', userId: 'o1', ...nothing, ...levels };
    expect(await agentOf(MINE).getProfile()).toEqual(expected);
    expect(await agentOf({ ...MINE, display_name: null, new_field: 1 }).getProfile()).toEqual(expected);
  });

  it.each([
    ['the older spelling', { owner_id: 'o', owner_kyc_level: 2 }, 'o', 2],
    ['the newer spelling', { user_id: 'u', user_kyc_level: 3 }, 'u', 3],
    ['both', { owner_id: 'o', user_id: 'u', owner_kyc_level: 0, user_kyc_level: 3 }, 'o', 0],
    ['null in the older one', { owner_id: null, user_id: 'u', owner_kyc_level: null, user_kyc_level: 1 }, 'u', 1],
  ])('has %s', async (_, data, owner, level) => {
    const profile = await agentOf({ agent_id: 'a', ...data }).getProfile();
    expect(profile).toMatchObject({ ownerId: owner, userId: owner, ownerKycLevel: level, userKycLevel: level });
  });

  it('hands on what is malformed as missing', async () => {
    const data = { ...MINE, display_name: 7, avatar_url: {}, owner_kyc_level: 'high' };
    expect(await agentOf(data).getProfile()).toMatchObject({ displayName: null, avatarUrl: null, ownerKycLevel: null });
  });

  it.each([
    ['agent_id', { owner_id: 'o' }],
    ['agent_id', { ...MINE, agent_id: '' }],
    ['owner_id', { agent_id: 'a' }],
    ['owner_id', { agent_id: 'a', owner_id: 7, user_id: null }],
  ])('must have %s', async (field, data) => {
    const error = await failure(agentOf(data).getProfile());
    expect(error).toBeInstanceOf(LimeProtocolError);
    expect(error).toMatchObject({ code: 'INVALID_RESPONSE', field, httpStatus: 200 });
  });

  it('is refused, aborted and closed like every other call', async () => {
    const { lime } = await emulatorFor();
    const agent = new LimeAgent({ agentToken: 'at_unknown', baseUrl: lime.apiBase });
    const error = await failure(agent.getProfile());
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ code: 'INVALID_AGENT_TOKEN', httpStatus: 401 });
    const signal = AbortSignal.abort(new RangeError('no'));
    expect(await failure(agent.getProfile({ signal }))).toEqual(new RangeError('no'));
    await agent.close();
    expect(await failure(agent.getProfile())).toMatchObject({ name: 'LimeError', code: 'CLOSED' });
  });
});
